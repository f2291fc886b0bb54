import {
  copyFileSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { verifyJournal } from '../hub/audit/offline.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { infra, newRoom, type Room } from './hub-process.ts'

t.setTimeout(120_000)

/** Of how many bytes each is changed, one at a time. */
const sampled = 2000

interface Journal {
  readonly data: string
  readonly file: string
  readonly bytes: Buffer
}

/** A copy of a stopped hub's journal. */
function copyOf(room: Room, name: string): Journal {
  const data = join(room.folder, name)
  mkdirSync(join(data, 'journal'), { recursive: true })
  const from = join(room.data, 'journal')
  const [segment = ''] = readdirSync(from).filter((name) => name.endsWith('.log'))
  const file = join(data, 'journal', segment)
  copyFileSync(join(from, segment), file)
  return { data, file, bytes: readFileSync(file) }
}

/** Changes one byte, or brings it back. */
function write({ file }: Journal, at: number, byte: number): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.of(byte), 0, 1, at)
  closeSync(fd)
}

void t.test('one changed byte of the record is found and located', async (t) => {
  const relay = await lineDevice(t)
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n`,
  )
  const hub = await room.start()
  for (let n = 0; n < 20; n++)
    await hub.submit(
      { verb: 'fire', device: 'relay', action: 'hit', args: [n] },
      { wait: 'outcome' },
    )
  await hub.end()

  const told = copyOf(room, 'told')
  const good = await infra(t, ['witness', 'verify', told.data])
  t.equal(good.code, 0, 'control: the copy is good')
  const lines = told.bytes.toString().split('\n').slice(0, -1)
  // what somebody would change: an argument, an outcome, a time, a link of the chain, a checksum
  const changes = [
    [0, '"args":[7]', 9],
    [10, '"ack":"confirmed"', 8],
    [2, '"at":', 8],
    [15, '"hprev":"', 12],
    [20, '', 3],
  ] as const
  for (const [from, text, within] of changes) {
    const line = lines.findIndex((line, i) => i >= from && line.includes(text))
    t.ok(line >= 0, `control: there is such an entry, ${text}`)
    const offset = Buffer.byteLength(lines.slice(0, line).join('\n')) + (line === 0 ? 0 : 1)
    const at = offset + Buffer.from(lines[line] ?? '').indexOf(text) + within
    const was = told.bytes[at] ?? 0
    write(told, at, was ^ 1)
    const { code, out } = await infra(t, ['witness', 'verify', told.data, '--json'])
    t.equal(code, 5, `${text} of entry ${line + 1}`)
    t.match(JSON.parse(out), { ok: false, position: String(line + 1), file: told.file, offset })
    write(told, at, was)
  }
  t.equal((await infra(t, ['witness', 'verify', told.data])).code, 0, 'control: brought back')

  const copy = copyOf(room, 'flipped')
  const { bytes } = copy
  const step = Math.max(1, Math.floor(bytes.length / sampled))
  const missed: unknown[] = []
  let tried = 0
  for (let at = 0; at < bytes.length - 1; at += step)
    for (const bit of [0x01, 0x20]) {
      const was = bytes[at] ?? 0
      write(copy, at, was ^ bit)
      const verdict = await verifyJournal(copy.data)
      // a line end that is gone, or one more, is found in the line it stands in
      const lineStart = bytes.lastIndexOf(10, at - 1) + 1
      if (verdict.ok || (at > 0 && verdict.offset > lineStart)) missed.push({ at, bit, verdict })
      write(copy, at, was)
      tried++
    }
  t.ok(tried >= sampled, `control: ${tried} changes`)
  t.same(missed.slice(0, 3), [], 'every one is found, at the entry it stands in or before')
  t.ok((await verifyJournal(copy.data)).ok, 'control: unchanged it is good')
  write(copy, bytes.length - 1, 0x20)
  t.match(await verifyJournal(copy.data), { ok: false, fault: 'truncated' }, 'the last line end')
})
