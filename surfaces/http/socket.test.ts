import t, { type Test } from 'tap'
import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { newId } from '../../intents/id.ts'
import { LogError } from '../../bus/log.ts'
import { opened, stalled } from './open.contract.ts'
import type { HttpOptions } from './server.ts'

interface Said {
  readonly type: string
  readonly [key: string]: unknown
}

/** A client that keeps what the hub says, and waits for what it wants to hear. */
async function client(
  t: Test,
  options: Partial<HttpOptions> = {},
  clientOptions: ClientOptions = {},
) {
  const hub = await opened(t, options)
  const socket = new WebSocket(`ws://127.0.0.1:${hub.port}/api/v1/stream`, clientOptions)
  const heard: Said[] = []
  let wake = () => {}
  socket.on('message', (bytes: Buffer) => {
    heard.push(JSON.parse(bytes.toString()) as Said)
    wake()
  })
  t.teardown(() => socket.terminate())
  await once(socket, 'open')
  return {
    ...hub,
    socket,
    heard,
    say: (message: unknown) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    /** Everything of a type, once there are `count`. */
    hear: async (type: string, count = 1): Promise<readonly Said[]> => {
      for (;;) {
        const found = heard.filter((said) => said.type === type)
        if (found.length >= count) return found
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

const fire = { verb: 'fire', device: 'desk', action: '/cue/go' }
const press = { type: 'gesture', page: 1, row: 0, col: 0, gesture: 'press' }

void t.test('the hub says who it is, and carries out what it is asked for', async (t) => {
  const { say, hear, wishes } = await client(t)
  t.match(await hear('hello'), [{ site: 'studio-a', hub: 'hub-a', version: '0.1.0', owner: null }])
  const id = newId(Date.now())
  say({ type: 'submit', ref: 'a', id, intent: fire, trace: 'show-1', expiresInMs: 200 })
  t.strictSame(await hear('accepted'), [
    { type: 'accepted', ref: 'a', id, position: '1', duplicate: false },
  ])
  t.strictSame(await hear('ended'), [
    { type: 'ended', ref: 'a', id, outcome: 'confirmed', failure: null },
  ])
  t.match(wishes, [
    {
      id,
      trace: 'show-1',
      expiresInMs: 200,
      actor: { type: 'api', id: 'local' },
      source: 'http:127.0.0.1',
    },
  ])
  say({ type: 'submit', ref: 'b', id, intent: fire })
  t.match((await hear('ended', 2))[1], { ref: 'b', id, outcome: 'confirmed' })
  t.match((await hear('accepted', 2))[1], { ref: 'b', duplicate: true })
  t.equal(wishes.length, 1)
})

void t.test('two hundred presses are two hundred submissions, each with its answer', async (t) => {
  const { say, hear, wishes } = await client(t)
  for (let ref = 0; ref < 200; ref++) say({ ...press, ref, operator: 'anna' })
  const accepted = await hear('accepted', 200)
  t.strictSame(
    accepted.map(({ ref }) => ref),
    Array.from({ length: 200 }, (_, i) => i),
  )
  t.equal((await hear('ended', 200)).length, 200)
  t.equal(wishes.length, 200)
  t.match(wishes[0], {
    actor: { type: 'operator', id: 'anna', surface: 'console', control: '1/0/0' },
  })
})

void t.test(
  'ten thousand presses in one go all arrive, although only so many are under way at once',
  async (t) => {
    const { say, hear, wishes } = await client(t)
    for (let ref = 0; ref < 10_000; ref++) say({ ...press, ref })
    await hear('ended', 10_000)
    t.equal(wishes.length, 10_000)
  },
)

void t.test(
  'a gesture that is bound to nothing is answered, and one on no control is refused',
  async (t) => {
    const { say, hear, rejected } = await client(t)
    say({ ...press, ref: 1, gesture: 'rotate-left' })
    t.strictSame(await hear('accepted'), [
      { type: 'accepted', ref: 1, id: null, position: null, duplicate: false },
    ])
    say({ ...press, ref: 2, page: 9 })
    t.match(await hear('problem'), [{ ref: 2, problem: { status: 404, code: 'unknown-control' } }])
    t.match(rejected, [{ source: 'http:127.0.0.1', detail: /^unknown-control/ }])
  },
)

void t.test('a press that leads to two intents is answered twice', async (t) => {
  const { say, hear } = await client(t)
  say({ ...press, ref: 'x', col: 3 })
  t.match(await hear('accepted'), [{ ref: 'x', position: '1' }])
  t.match(await hear('problem'), [{ ref: 'x', problem: { code: 'unknown-device', position: '2' } }])
})

void t.test('what makes no sense is a problem, and the connection goes on', async (t) => {
  const { say, hear, socket, wishes } = await client(t)
  const wrong: readonly (readonly [unknown, string, string | undefined, unknown])[] = [
    ['{"type":', 'malformed-json', undefined, null],
    ['['.repeat(40) + ']'.repeat(40), 'too-deep', undefined, null],
    [{ type: 'shout', ref: 1 }, 'bad-argument', 'type', 1],
    [{ type: 'submit', ref: 2 }, 'bad-argument', 'intent', 2],
    [
      { type: 'submit', ref: 3, intent: { ...fire, device: 3 } },
      'bad-argument',
      'intent.device',
      3,
    ],
    [{ type: 'submit', intent: fire }, 'bad-argument', 'ref', null],
    [{ ...press, ref: 4, gesture: 'kick' }, 'bad-argument', 'gesture', 4],
    [{ ...press, ref: 5, page: 1.5 }, 'bad-argument', 'page', 5],
    [{ type: 'subscribe', ref: 6, events: { after: 'nowhere' } }, 'bad-position', 'after', 6],
  ]
  for (const [i, [message, code, field, ref]] of wrong.entries()) {
    say(message)
    const said = (await hear('problem', i + 1))[i]
    t.match(said, { ref, problem: { code } })
    t.equal((said?.['problem'] as { field?: string } | undefined)?.field, field)
  }
  socket.send(Buffer.from('{}'), { binary: true })
  t.match((await hear('problem', 10))[9], { problem: { code: 'unsupported-media-type' } })
  t.equal(wishes.length, 0)
  say({ ...press, ref: 'good' })
  t.match(await hear('accepted'), [{ ref: 'good' }])
})

void t.test('a log that cannot be written is said at once', async (t) => {
  const { say, hear, faults } = await client(t)
  faults.submit = new LogError('full', 'no space left')
  say({ ...press, ref: 1 })
  t.match(await hear('problem'), [{ ref: 1, problem: { status: 503, code: 'log-full' } }])
  faults.submit = null
  say({ ...press, ref: 2 })
  t.match(await hear('accepted'), [{ ref: 2 }])
})

void t.test(
  'a message over 256 KiB and one that is no UTF-8 end the connection with their reason',
  async (t) => {
    for (const [bytes, code] of [
      [Buffer.alloc(256 * 1024 + 1, 0x20), 1009],
      [Buffer.from([0x22, 0xff, 0x22]), 1007],
    ] as const) {
      const { socket, wishes } = await client(t)
      socket.send(bytes, { binary: false })
      t.equal((await once(socket, 'close'))[0], code)
      t.equal(wishes.length, 0)
    }
  },
)

void t.test('the journal is followed from a place or from now, and left again', async (t) => {
  const { say, hear, record, counts, heard } = await client(t)
  record(3)
  say({ type: 'subscribe', events: { after: '1' } })
  t.match(await hear('entry', 2), [
    { position: '2', hub: 'hub-a', hseq: 2, event: { type: 'DeviceReported' } },
    { position: '3' },
  ])
  say({ type: 'subscribe', events: true })
  say({ ...press, ref: 1 })
  await hear('accepted')
  record(1)
  t.match((await hear('entry', 3))[2], { position: '4' })
  say({ type: 'subscribe', events: false })
  say({ ...press, ref: 2 })
  await hear('accepted', 2)
  record(1)
  say({ ...press, ref: 3 })
  await hear('accepted', 3)
  t.equal(heard.filter(({ type }) => type === 'entry').length, 3, 'nothing after it was left')
  t.equal(counts.openReaders, 0)
})

void t.test('the panel comes whole, then each change of a face', async (t) => {
  const { say, hear, draw, listeners, socket } = await client(t)
  say({ type: 'subscribe', panel: true })
  t.match(await hear('panel'), [{ pages: [{ page: 1, controls: [{ face: { text: 'GO' } }] }] }])
  draw(0, 'GONE')
  t.match(await hear('face'), [{ page: 1, row: 0, col: 0, face: { text: 'GONE' } }])
  t.equal(listeners(), 1)
  const closed = once(socket, 'close')
  socket.close()
  await closed
  while (listeners() > 0) await new Promise((resolve) => setImmediate(resolve))
  t.equal(listeners(), 0, 'a panel that has gone is let go')
})

void t.test(
  'a panel that does not read gets the newest face of each control, and every entry',
  async (t) => {
    const { url, say, hear, draw, record, socket, heard, counts } = await client(t)
    say({ type: 'subscribe', panel: true, events: { after: 'start' } })
    await hear('panel')
    socket.pause()
    const entries = 100_000
    record(entries)
    const draws = 20_000
    const before = await stalled(url, counts)
    t.ok(before < entries / 2, `${before} of ${entries} entries were asked for while nobody read`)
    for (let i = 0; i < draws; i++) for (const col of [0, 1]) draw(col, `${col}-${i}`)
    socket.resume()
    await hear('entry', entries)
    const last = (col: number) =>
      heard.findLast((said) => said.type === 'face' && said['col'] === col)
    while (last(1) === undefined) await hear('face', 2)
    t.match(last(0), { face: { text: `0-${draws - 1}` } })
    t.match(last(1), { face: { text: `1-${draws - 1}` } })
    t.ok(heard.filter(({ type }) => type === 'face').length < draws / 10, 'older faces fell away')
    const positions = heard.flatMap((said) =>
      said.type === 'entry' ? [Number(said['position'])] : [],
    )
    t.ok(positions.every((position, i) => position === i + 1))
    t.equal(positions.length, entries)
  },
)

void t.test('a peer that answers no ping is given up, one that does stays', async (t) => {
  const { socket } = await client(t, { heartbeatMs: 20 })
  let pings = 0
  await new Promise<void>((resolve) => {
    socket.on('ping', () => {
      if (++pings === 5) resolve()
    })
  })
  t.equal(socket.readyState, socket.OPEN)
  const other = await client(t, { heartbeatMs: 20 }, { autoPong: false })
  const [code] = (await once(other.socket, 'close')) as [number]
  t.equal(code, 1006)
})

void t.test('a hub that goes down ends its connections', async (t) => {
  const { socket, server } = await client(t)
  const closed = once(socket, 'close')
  await server.close()
  await closed
  t.equal(socket.readyState, socket.CLOSED)
})

void t.test('runs are told as they are when somebody asks, and with each change', async (t) => {
  const { say, hear, advance } = await client(t)
  say({ type: 'subscribe', ref: 1, runs: true })
  t.match(await hear('runs'), [{ runs: [{ macro: 'start', step: 0, paused: false, under: [] }] }])
  advance(1)
  t.match(await hear('run'), [{ run: { macro: 'start', step: 1 } }])
  say({ type: 'subscribe', ref: 2, runs: false })
  say({ type: 'subscribe', ref: 3, panel: true })
  await hear('panel')
  advance(2)
  say({ type: 'subscribe', ref: 4, runs: true })
  await hear('runs', 2)
  t.equal((await hear('run')).length, 1, 'nothing is told to who does not want it any more')
})
