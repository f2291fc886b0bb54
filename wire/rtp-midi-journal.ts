/**
 * The recovery journal of a packet (RFC 6295 section 4 and appendix A): what the packets from `checkpoint` up to the one
 * before this one have set, so that a receiver that missed some of them can put it right. Written: chapters P, C, W, N,
 * T and A of channel journals. Read: those; M, E and the system journal are stepped over.
 */
export interface Journal {
  /** The sequence number of the oldest packet that is covered. */
  readonly checkpoint: number
  readonly channels: readonly ChannelJournal[]
}

/** `recent`, everywhere: it codes something of the very packet before this one (an S bit of 0). */
interface Recent {
  readonly recent: boolean
}

export interface ChannelJournal {
  /** 1 to 16. */
  readonly channel: number
  /** Chapter P. */
  readonly program: (Recent & { readonly program: number; readonly bank: Bank | null }) | null
  /** Chapter C, oldest first. */
  readonly controls: readonly ControlLog[]
  /** Chapter W: -8192 to 8191. */
  readonly wheel: (Recent & { readonly value: number }) | null
  /** Chapter N: notes whose newest command is a note-on, oldest first. */
  readonly on: readonly NoteLog[]
  /** Chapter N: notes whose newest command is a note-off; `recent` as its B bit. */
  readonly off: Recent & { readonly notes: readonly number[] }
  /** Chapter T. */
  readonly pressure: (Recent & { readonly pressure: number }) | null
  /** Chapter A, oldest first. */
  readonly keys: readonly KeyPressureLog[]
}

/** The bank that a program was chosen from; `reset`: a Reset All Controllers came in between (X bit). */
export interface Bank {
  readonly msb: number
  readonly lsb: number
  readonly reset: boolean
}

/**
 * A controller by one of three tools: its value; how often it was switched on or off; how often it was sent at all
 * (both modulo 64).
 */
export interface ControlLog extends Recent {
  readonly controller: number
  readonly tool: 'value' | 'toggle' | 'count'
  readonly value: number
}

export interface NoteLog extends Recent {
  readonly note: number
  /** 1 to 127. */
  readonly velocity: number
  /** Whether it is still worth to be played (Y bit). */
  readonly play: boolean
}

export interface KeyPressureLog extends Recent {
  readonly note: number
  readonly pressure: number
  /** It came before an All Notes Off (X bit). */
  readonly ended: boolean
}

/** A channel journal can say no more than this of its own length: 10 bits. */
export const longestChannelJournal = 0x3ff

/** @param newest the packet's own sequence number: the checkpoint of a journal that has nothing to say */
export function encodeJournal({ checkpoint, channels }: Journal, newest: number): Buffer {
  const parts = channels.map(encodeChannel)
  const recent = parts.some((part) => ((part[0] ?? 0) & 0x80) === 0)
  const any = parts.length > 0
  // S, Y (no system journal), A, H (no enhanced chapter C), TOTCHAN, checkpoint
  const first = (recent ? 0 : 0x80) | (any ? 0x20 | (parts.length - 1) : 0)
  const covered = any ? checkpoint : newest
  return Buffer.concat([Buffer.of(first, (covered >> 8) & 0xff, covered & 0xff), ...parts])
}

/** A bit of 0 says recent. */
const bit = (recent: boolean) => (recent ? 0 : 0x80)

/** The size of a channel's journal. Bytes. */
export function channelJournalBytes(journal: ChannelJournal): number {
  const { program, controls, wheel, on, off, pressure, keys } = journal
  const notes =
    on.length + off.notes.length === 0 ? 0 : 2 + 2 * on.length + offBits(off.notes).length
  return (
    3 +
    (program === null ? 0 : 3) +
    (controls.length === 0 ? 0 : 1 + 2 * controls.length) +
    (wheel === null ? 0 : 2) +
    notes +
    (pressure === null ? 0 : 1) +
    (keys.length === 0 ? 0 : 1 + 2 * keys.length)
  )
}

function encodeChannel(journal: ChannelJournal): Buffer {
  const { channel, program, controls, wheel, on, off, pressure, keys } = journal
  const chapters: number[] = []
  let contents = 0
  let recent = false
  const add = (toc: number, isRecent: boolean, bytes: readonly number[]) => {
    contents |= toc
    recent ||= isRecent
    chapters.push(...bytes)
  }
  if (program !== null) {
    const { bank } = program
    add(0x80, program.recent, [
      bit(program.recent) | program.program,
      bank === null ? 0 : 0x80 | bank.msb,
      bank === null ? 0 : (bank.reset ? 0x80 : 0) | bank.lsb,
    ])
  }
  if (controls.length > 0) {
    const any = controls.some((log) => log.recent)
    add(0x40, any, [bit(any) | (controls.length - 1), ...controls.flatMap(controlBytes)])
  }
  if (wheel !== null) {
    const value = wheel.value + 8192
    add(0x10, wheel.recent, [bit(wheel.recent) | (value & 0x7f), value >> 7])
  }
  if (on.length + off.notes.length > 0) {
    const any = off.recent || on.some((log) => log.recent)
    add(0x08, any, noteChapter(on, off))
  }
  if (pressure !== null) add(0x02, pressure.recent, [bit(pressure.recent) | pressure.pressure])
  if (keys.length > 0) {
    const any = keys.some((log) => log.recent)
    const logs = keys.flatMap((log) => [
      bit(log.recent) | log.note,
      (log.ended ? 0x80 : 0) | log.pressure,
    ])
    add(0x01, any, [bit(any) | (keys.length - 1), ...logs])
  }
  const length = 3 + chapters.length
  const head = [bit(recent) | ((channel - 1) << 3) | (length >> 8), length & 0xff, contents]
  return Buffer.from([...head, ...chapters])
}

function controlBytes({ recent, controller, tool, value }: ControlLog): readonly number[] {
  const alternative = tool === 'value' ? 0 : tool === 'toggle' ? 0x80 : 0xc0
  return [bit(recent) | controller, alternative | value]
}

/** Appendix A.6: note logs, then a bit for each note that ended, between LOW and HIGH octets. */
function noteChapter(on: readonly NoteLog[], off: ChannelJournal['off']): readonly number[] {
  const bits = offBits(off.notes)
  const low = bits.length === 0 ? 15 : Math.min(...off.notes) >> 3
  // without bits LOW is 15 and HIGH 0 or 1; with 127 logs only 1 means 127, since 0 means 128
  const high = bits.length > 0 ? low + bits.length - 1 : on.length === 127 ? 1 : 0
  const logs = on.flatMap((log) => [
    bit(log.recent) | log.note,
    (log.play ? 0x80 : 0) | log.velocity,
  ])
  return [bit(off.recent) | Math.min(on.length, 127), (low << 4) | high, ...logs, ...bits]
}

function offBits(notes: readonly number[]): readonly number[] {
  if (notes.length === 0) return []
  const low = Math.min(...notes) >> 3
  const bits = new Array<number>((Math.max(...notes) >> 3) - low + 1).fill(0)
  for (const note of notes)
    bits[(note >> 3) - low] = (bits[(note >> 3) - low] ?? 0) | (0x80 >> (note & 7))
  return bits
}
