import type {
  ChannelJournal,
  ControlLog,
  Journal,
  KeyPressureLog,
  NoteLog,
} from './rtp-midi-journal.ts'

/** Hostile: null where the journal is shorter than it says, or a channel journal than its chapters. */
export function decodeJournal(bytes: Buffer): Journal | null {
  const [flags] = bytes
  if (flags === undefined || bytes.length < 3) return null
  const checkpoint = bytes.readUInt16BE(1)
  let at = 3
  if (flags & 0x40) {
    // the system journal begins with its own length (appendix B): it is not for channels, so it is stepped over
    if (at + 2 > bytes.length) return null
    const length = bytes.readUInt16BE(at) & 0x3ff
    if (length < 2) return null
    at += length
  }
  const count = flags & 0x20 ? (flags & 0x0f) + 1 : 0
  const channels: ChannelJournal[] = []
  for (let n = 0; n < count; n++) {
    if (at + 3 > bytes.length) return null
    const length = bytes.readUInt16BE(at) & 0x3ff
    if (length < 3 || at + length > bytes.length) return null
    const channel = channelOf(bytes.subarray(at, at + length))
    if (channel === null) return null
    channels.push(channel)
    at += length
  }
  return { checkpoint, channels }
}

/** Where a reader of a channel journal is. Past its end nothing it read counts. */
interface Cursor {
  readonly bytes: Buffer
  at: number
}

/** 0x100, a bit that nothing looks at, once the journal is at its end. */
const next = (cursor: Cursor): number => cursor.bytes[cursor.at++] ?? 0x100
const isRecent = (byte: number) => (byte & 0x80) === 0

function channelOf(bytes: Buffer): ChannelJournal | null {
  const cursor: Cursor = { bytes, at: 3 }
  const [head = 0, , contents = 0] = bytes
  const has = (toc: number) => (contents & toc) !== 0
  // bit 5 of the head: enhanced chapter C, whose logs may repeat a controller; the newest comes last there too
  const program = has(0x80) ? programOf(cursor) : null
  const controls = has(0x40) ? logsOf(cursor, controlOf) : []
  if (has(0x20)) skipParameters(cursor)
  const wheel = has(0x10) ? wheelOf(cursor) : null
  const notes = has(0x08) ? notesOf(cursor) : { on: [], off: { recent: false, notes: [] } }
  // chapter E counts note-ons of one note and keeps release velocities: nothing that a lamp or a relay shows
  if (has(0x04)) logsOf(cursor, () => null)
  const pressed = has(0x02) ? next(cursor) : null
  const pressure = pressed === null ? null : { recent: isRecent(pressed), pressure: pressed & 0x7f }
  const keys = has(0x01) ? logsOf(cursor, keyOf) : []
  if (cursor.at > bytes.length) return null
  return { channel: ((head >> 3) & 0x0f) + 1, program, controls, wheel, ...notes, pressure, keys }
}

function programOf(cursor: Cursor): ChannelJournal['program'] {
  const [program, msb, lsb] = [next(cursor), next(cursor), next(cursor)]
  const bank = { msb: msb & 0x7f, lsb: lsb & 0x7f, reset: (lsb & 0x80) !== 0 }
  return { recent: isRecent(program), program: program & 0x7f, bank: msb & 0x80 ? bank : null }
}

/** A list with its length before it: chapters C, E and A. */
function logsOf<Log>(cursor: Cursor, make: (first: number, second: number) => Log): readonly Log[] {
  const count = (next(cursor) & 0x7f) + 1
  const logs: Log[] = []
  for (let n = 0; n < count && cursor.at <= cursor.bytes.length; n++)
    logs.push(make(next(cursor), next(cursor)))
  return logs
}

function controlOf(first: number, second: number): ControlLog {
  const head = { recent: isRecent(first), controller: first & 0x7f }
  if ((second & 0x80) === 0) return { ...head, tool: 'value', value: second & 0x7f }
  return { ...head, tool: second & 0x40 ? 'count' : 'toggle', value: second & 0x3f }
}

function keyOf(first: number, second: number): KeyPressureLog {
  return {
    recent: isRecent(first),
    note: first & 0x7f,
    pressure: second & 0x7f,
    ended: (second & 0x80) !== 0,
  }
}

/** Chapter M says its own length in the lower ten bits of its first two octets. */
function skipParameters(cursor: Cursor): void {
  const length = ((next(cursor) & 0x03) << 8) | next(cursor)
  cursor.at += Math.max(0, length - 2)
}

function wheelOf(cursor: Cursor): ChannelJournal['wheel'] {
  const [first, second] = [next(cursor), next(cursor)]
  return { recent: isRecent(first), value: ((second & 0x7f) << 7) + (first & 0x7f) - 8192 }
}

function notesOf(cursor: Cursor): Pick<ChannelJournal, 'on' | 'off'> {
  const [first, range] = [next(cursor), next(cursor)]
  const [low, high] = [(range >> 4) & 0x0f, range & 0x0f]
  const length = first & 0x7f
  const count = length === 127 && low === 15 && high === 0 ? 128 : length
  const on: NoteLog[] = []
  for (let n = 0; n < count && cursor.at <= cursor.bytes.length; n++) {
    const [note, velocity] = [next(cursor), next(cursor)]
    const play = (velocity & 0x80) !== 0
    on.push({ recent: isRecent(note), note: note & 0x7f, velocity: velocity & 0x7f, play })
  }
  const notes: number[] = []
  for (let octet = low; octet <= high; octet++) {
    const bits = next(cursor)
    for (let n = 0; n < 8; n++) if (bits & (0x80 >> n)) notes.push(8 * octet + n)
  }
  return { on, off: { recent: isRecent(first), notes } }
}
