import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { lineDeframer } from '../../wire/lines.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const loopback = {
  ...{ host: '127.0.0.1', port: 0, insecure: false, operator: 'unidentified' },
  variables: {},
  answers: 'outcome',
} as const

async function open(t: Test, options: Partial<Parameters<typeof surface.open>[1]> = {}) {
  const host = new RecordingHost()
  const opened = await surface.open('lines', { ...loopback, ...options }, host)
  t.teardown(() => opened.close())
  return { host, opened, port: Number(opened.address.split(':').at(-1)) }
}

async function client(t: Test, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** The next `count` answers. */
async function answers(socket: Socket, count: number): Promise<readonly string[]> {
  const deframer = lineDeframer(10_000)
  const lines: string[] = []
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    for (const line of deframer.push(chunk as Buffer)) lines.push(line.ok ? line.text : line.detail)
    if (lines.length >= count) break
  }
  return lines
}

const ascending = (ids: readonly string[]) => ids.every((id, at) => id > (ids[at - 1] ?? ''))

void t.test('each line is answered with what became of it', async (t) => {
  const { host, port } = await open(t)
  const socket = await client(t, port)
  const cases: readonly (readonly [string, RegExp])[] = [
    ['FIRE desk go 1\n', /^\+OK [\da-f-]{36} sent$/],
    ['LOCATION 1/0/2 PRESS\r\n', /^\+OK [\da-f-]{36} sent$/],
    ['LOCATION 1/8/0 UP\n', /^\+OK - nothing$/],
    ['LOCATION 1/2/0 PRESS\n', /^-ERR unreachable [\da-f-]{36} failed: it is/],
    ['LOCATION 9/0/0 PRESS\n', /^-ERR not-found there is no control at 9\/0\/0$/],
    ['FIRE nobody go\n', /^-ERR unknown-device [\da-f-]{36} refused: no device "nobody"$/],
    ['FIRE broken go\n', /^-ERR unreachable [\da-f-]{36} failed: it is  \+OK faked$/],
    ['JUMP\n', /^-ERR malformed "JUMP" is none of/],
    ['\xff\n', /^-ERR malformed line is not UTF-8$/],
    [`${'x'.repeat(70_000)}\n`, /^-ERR malformed line of more than 65536 bytes$/],
  ]
  for (const [line, wanted] of cases) {
    socket.write(line, 'latin1')
    const [answer] = await answers(socket, 1)
    t.match(answer, wanted, line.slice(0, 40))
  }
  t.match(host.wishes[0], {
    source: /^tcp:127\.0\.0\.1:\d+$/,
    actor: { type: 'operator', id: 'unidentified', surface: 'lines', control: 'FIRE desk go' },
  })
  // no such control, and three lines that were none; what was refused or failed is recorded as an intent
  t.equal(host.rejections.length, 4)
})

void t.test(
  'a line that could not be recorded is an error to its sender, and the next one is fine',
  async (t) => {
    const { host, port } = await open(t)
    const socket = await client(t, port)
    host.full = true
    socket.write('FIRE desk go\n')
    t.match(await answers(socket, 1), [
      /^-ERR not-recorded not recorded, so nothing was done: no space/,
    ])
    t.equal(host.rejections.length, 1)
    host.full = false
    socket.write('FIRE desk go\n')
    t.match(await answers(socket, 1), [/^\+OK/])
  },
)

const cue = { variables: { cue: { device: 'desk', path: '/cue/name' } } }

// answers: source of Companion's Tcp and TcpUdpApi services, 5.0
void t.test("Companion's lines get Companion's answers where the config wants them", async (t) => {
  const { host, port } = await open(t, { ...cue, answers: 'companion' })
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  host.report('desk', '/cue/name', 'intro')
  const socket = await client(t, port)
  for (const [line, answer] of [
    ['LOCATION 1/0/2 PRESS', /^\+OK$/],
    ['location 1/0/2 rotate-left', /^\+OK$/],
    ['LOCATION 1/8/0 UP', /^\+OK$/],
    ['LOCATION 9/0/0 PRESS', /^-ERR No control at location$/],
    ['LOCATION x/0/0 PRESS', /^-ERR Syntax error$/],
    ['LOCATION 1/0/2 SET-STEP 1', /^\+OK$/],
    ['LOCATION 1/0/2 SET-STEP 2', /^-ERR Step out of range$/],
    ['LOCATION 1/5/5 SET-STEP 1', /^-ERR No control at location$/],
    ['LOCATION 1/5/5 STYLE TEXT x', /^-ERR No control at location$/],
    ['CUSTOM-VARIABLE cue SET-VALUE outro 2', /^\+OK$/],
    ['CUSTOM-VARIABLE cue GET-VALUE', /^\+OK "intro"$/],
    ['CUSTOM-VARIABLE none SET-VALUE x', /^-ERR Unknown name$/],
    ['CUSTOM-VARIABLE none GET-VALUE', /^-ERR Variable not found$/],
    ['SURFACES RESCAN', /^\+OK$/],
    ['JUMP', /^-ERR Syntax error$/],
    // what Companion could do and we cannot, and what was not done: never ok
    ['LOCATION 1/0/2 STYLE TEXT say "hi', /^\+OK$/],
    ['LOCATION 1/0/2 STYLE COLOR rgb(1,2,3)', /^\+OK$/],
    ['LOCATION 1/0/2 STYLE COLOR', /^-ERR Syntax error$/],
    ['SURFACE emulator PAGE-SET 2', /^\+OK$/],
    ['SURFACE emulator PAGE-UP', /^\+OK$/],
    ['SURFACE emulator PAGE-DOWN', /^\+OK$/],
    ['SURFACE emulator PAGE-SET 9', /^-ERR page 9 is not among its pages$/],
    ['SURFACE ghost PAGE-UP', /^-ERR no panel "ghost"$/],
    ['LOCATION 1/2/0 PRESS', /^-ERR [\da-f-]{36} failed: it is/],
  ] as const) {
    socket.write(`${line}\n`)
    t.match(await answers(socket, 1), [answer], line)
  }
  t.match(
    host.wishes.map(({ intent }) => intent),
    [{ verb: 'set', device: 'desk', path: '/cue/name', value: 'outro 2' }],
  )
})

void t.test('two clients that press 5 ms apart are 200 of 200', async (t) => {
  const { host, port } = await open(t)
  const clients = [await client(t, port), await client(t, port)]
  for (let n = 0; n < 100; n++)
    for (const socket of clients) {
      socket.write('LOCATION 1/0/2 PRESS\n')
      t.match(await answers(socket, 1), [/^\+OK [\da-f-]{36} sent$/])
    }
  t.equal(host.gestures.length, 200)
})

void t.test('answers keep the order of the lines while the work overlaps', async (t) => {
  const { host, port } = await open(t)
  const socket = await client(t, port)
  socket.write('FIRE slow a\nFIRE slow b\nFIRE desk c\nJUMP\n')
  // all of it is under way although the first has no outcome yet
  await host.until(() => host.wishes.length === 3 && host.rejections.length === 1)
  // `desk` and JUMP are through, and wait for their turn
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  t.equal(socket.bytesRead, 0, 'nothing is answered before the first')
  // the newest first: b ends before a
  host.release()
  const lines = await answers(socket, 4)
  t.match(lines, [/^\+OK/, /^\+OK/, /^\+OK/, /^-ERR malformed/])
  const ids = lines.slice(0, 3).map((line) => line.split(' ')[1] ?? '')
  t.ok(ascending(ids), 'ids were made in the order of the lines')
})

void t.test(
  '5,000 lines at full speed are 5,000 answers in order, with nonsense in between',
  async (t) => {
    const { host, port } = await open(t)
    const socket = await client(t, port)
    const other = await client(t, port)
    const lines = Array.from({ length: 5000 }, (_, n) =>
      n % 5 === 4 ? `JUMP ${n}\n` : `FIRE desk go ${n}\n`,
    )
    socket.write(lines.join(''))
    other.write('FIRE desk other\n'.repeat(1000))
    const [found, others] = await Promise.all([answers(socket, 5000), answers(other, 1000)])
    t.equal(found.length, 5000)
    t.equal(others.length, 1000)
    t.ok(found.every((line, n) => line.startsWith(n % 5 === 4 ? '-ERR malformed' : '+OK ')))
    const ids = found.filter((line) => line.startsWith('+')).map((line) => line.split(' ')[1] ?? '')
    t.ok(ascending(ids))
    t.strictSame(
      host.wishes.flatMap(({ intent }) =>
        'args' in intent && Array.isArray(intent.args) ? intent.args : [],
      ),
      [...lines.keys()].filter((n) => n % 5 !== 4),
    )
    t.equal(host.rejections.length, 1000)
  },
)

void t.test('a thousand lines wait for their outcome at most, then the sender does', async (t) => {
  const { host, port } = await open(t)
  const socket = await client(t, port)
  socket.write('FIRE slow go\n'.repeat(3000))
  await host.until(() => host.wishes.length === 1000)
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  t.equal(host.wishes.length, 1000, 'a thousand without an outcome are the most')
  const all = answers(socket, 3000)
  for (const total of [2000, 3000]) {
    host.release()
    await host.until(() => host.wishes.length === total)
    await new Promise(setImmediate)
  }
  host.release()
  t.equal((await all).length, 3000)
})

void t.test('who does not read the answers is not read on, and loses none', async (t) => {
  const { host, port } = await open(t)
  const socket = await client(t, port)
  socket.pause()
  const count = 40_000
  socket.write('FIRE verbose go\n'.repeat(count))
  let seen = -1
  let still = 0
  while (still < 500) {
    still = host.wishes.length === seen ? still + 1 : 0
    seen = host.wishes.length
    await new Promise(setImmediate)
  }
  t.ok(seen > 1000 && seen < count, `stands still at ${seen} of ${count}`)
  t.equal((await answers(socket, count)).length, count)
  t.equal(host.wishes.length, count)
})

void t.test(
  'a client that ends its side still gets every answer, and half a line is not carried out',
  async (t) => {
    const { host, port } = await open(t)
    const socket = await client(t, port)
    socket.end('FIRE desk go 1\nFIRE desk go 1')
    const lines = await answers(socket, 3)
    t.match(lines, [/^\+OK/, /^-ERR malformed 14 bytes without a line end/])
    t.equal(lines.length, 2)
    t.equal(host.wishes.length, 1)
  },
)

void t.test('a client that vanishes takes nothing with it', async (t) => {
  const { host, port } = await open(t)
  const socket = await client(t, port)
  socket.write('FIRE slow go\n')
  await host.until(() => host.wishes.length === 1)
  socket.resetAndDestroy()
  const next = await client(t, port)
  next.write('FIRE desk go\n')
  t.match(await answers(next, 1), [/^\+OK/])
  host.release()
})

void t.test('closing ends every connection, and the port is free again', async (t) => {
  const { host, opened, port } = await open(t)
  await t.rejects(surface.open('lines', { ...loopback, port }, host), {
    option: 'port',
    message: /tcp 127\.0\.0\.1:\d+ is in use.*surfaces\.lines\.port/,
  })
  const socket = await client(t, port)
  socket.write('FIRE slow go\n')
  await host.until(() => host.wishes.length === 1)
  const closed = once(socket.resume(), 'close')
  await Promise.all([opened.close(), opened.close(), closed])
  const again = await surface.open('lines', { ...loopback, port }, host)
  await again.close()
})
