import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t from 'tap'
import { body, bodiesOf, errorOf, followUntil, linesOf } from '../log.contract.ts'
import { streamOf } from './stream.ts'
import { doubleFor, logAt, wireTo } from './try.fixture.ts'

const never = new AbortController().signal
const textsOf = (events: readonly { readonly data: Uint8Array }[]) =>
  events.map(({ data }) => Buffer.from(data).toString())

void t.test('a line whose answer is lost is found again and stored once', async (t) => {
  const double = await doubleFor(t)
  const wire = await wireTo(t, double.port)
  const log = await logAt(wire.url, 'a')
  const kept = double.events(streamOf('a'))
  await log.append([body(1)], 'durable')
  let storedAtCut = 0
  double.onStored = () => {
    double.onStored = () => undefined
    storedAtCut = kept.length
    wire.cut()
  }
  const [position] = await log.append([body(2), body(3)], 'durable')
  t.equal(storedAtCut, 3, 'the server had stored it when the connection went')
  t.ok(wire.cuts > 0)
  t.equal(position, '2')
  t.same(await log.append([body(4)], 'durable'), ['4'])
  t.same(
    textsOf(kept),
    [1, 2, 3, 4].map((at) => body(at)),
  )
  await log.close()
})

void t.test('a line whose way to the server is cut is sent again when it is back', async (t) => {
  const double = await doubleFor(t)
  const wire = await wireTo(t, double.port)
  const log = await logAt(wire.url, 'a', 10_000)
  wire.down()
  const appending = log.append([body(1)], 'durable')
  while (wire.cuts < 3) await new Promise((resolve) => setImmediate(resolve))
  t.equal(double.appends, 0, 'nothing came through')
  wire.up()
  t.same(await appending, ['1'])
  t.same(textsOf(double.events(streamOf('a'))), [body(1)])
  await log.close()
})

void t.test('after a failure that stored nothing the next call goes on', async (t) => {
  const double = await doubleFor(t)
  const wire = await wireTo(t, double.port)
  const log = await logAt(wire.url, 'a', 300)
  wire.down()
  const [first, second] = await Promise.all([
    errorOf(log.append([body(1)], 'durable')),
    errorOf(log.append([body(2)], 'live')),
  ])
  t.match(first, { code: 'io', message: /does not answer/ })
  t.equal(second.code, 'io', 'who waited behind it is told, too')
  wire.up()
  t.same(await log.append([body(3)], 'durable'), ['1'])
  t.same(textsOf(double.events(streamOf('a'))), [body(3)])
  await log.close()
})

void t.test(
  'a call that was reported as failed and was stored after all stops the log until it is opened again',
  async (t) => {
    const double = await doubleFor(t)
    const wire = await wireTo(t, double.port)
    const log = await logAt(wire.url, 'a', 300)
    double.onStored = () => wire.down()
    t.equal((await errorOf(log.append([body(1)], 'durable'))).code, 'io')
    t.same(textsOf(double.events(streamOf('a'))), [body(1)], 'it is stored')
    double.onStored = () => undefined
    wire.up()
    for (const at of [2, 3])
      t.match(await errorOf(log.append([body(at)], 'durable')), {
        code: 'io',
        message: /stored after all.*start the hub again/,
      })
    await log.close()
    const again = await logAt(wire.url, 'a')
    t.same(
      (await again.tail(1)).map((stored) => stored.body),
      [body(1)],
      'the next start sees it and goes on behind it',
    )
    t.same(await again.append([body(2)], 'durable'), ['2'])
    await again.close()
  },
)

void t.test(
  'several hubs write to one stream: each keeps its order, nothing is lost or doubled',
  async (t) => {
    const double = await doubleFor(t)
    const hubs = await Promise.all(
      ['a', 'b', 'c'].map(async (hub) => ({ hub, log: await logAt(double.url, 's', 20_000) })),
    )
    const told = new Map<string, string>()
    await Promise.all(
      hubs.map(({ hub, log }) =>
        (async () => {
          for (let i = 0; i < 40; i++) {
            const bodies = [body(i, `${hub}1`), body(i, `${hub}2`)]
            const positions = await log.append(bodies, 'durable')
            for (const [j, text] of bodies.entries()) told.set(positions[j] ?? '', text)
          }
        })(),
      ),
    )
    t.ok(double.conflicts > 10, 'they did get into each other’s way')
    const stored = textsOf(double.events(streamOf('s')))
    t.equal(stored.length, 240)
    for (const { hub, log } of hubs) {
      const wanted = Array.from({ length: 40 }, (_, i) => [
        body(i, `${hub}1`),
        body(i, `${hub}2`),
      ]).flat()
      t.same(
        stored.filter((text) => wanted.includes(text)),
        wanted,
      )
      await log.close()
    }
    t.same(
      stored,
      stored.map((_, i) => told.get(String(i + 1))),
      'each was told its own position',
    )
  },
)

void t.test(
  'a follower goes on through a cut connection, without a gap and without a repeat',
  async (t) => {
    const double = await doubleFor(t)
    const wire = await wireTo(t, double.port)
    const log = await logAt(wire.url, 'a', 10_000)
    const bodies = Array.from({ length: 60 }, (_, i) => body(i))
    const following = followUntil(log, null, bodies.length)
    for (const [i, text] of bodies.entries()) {
      await log.append([text], 'durable')
      if (i % 20 === 10) wire.cut()
    }
    t.ok(wire.cuts >= 3)
    t.same(
      (await following).map((stored) => stored.body),
      bodies,
    )
    await log.close()
  },
)

void t.test('lines that are gone at the server are an error, never passed over', async (t) => {
  const double = await doubleFor(t)
  const log = await logAt(double.url, 'a')
  await log.append([body(1), body(2), body(3)], 'durable')
  const kept = double.events(streamOf('a'))
  Reflect.deleteProperty(kept, '0') // as $maxCount or $tb leave a stream
  t.match(await errorOf(bodiesOf(log.read(null, never))), {
    code: 'corrupt',
    message: /lines 1 to 1 are missing/,
  })
  t.match(await errorOf(linesOf(log.follow(null, never))), { code: 'corrupt' })
  kept.length = 1 // restored from an old backup
  t.match(await errorOf(log.append([body(4)], 'durable')), {
    code: 'corrupt',
    message: /fewer lines/,
  })
  t.match(await errorOf(log.append([body(4)], 'durable')), { code: 'corrupt' }, 'and stays one')
  await log.close()
})

void t.test('what another program wrote into the stream is named, not guessed at', async (t) => {
  const double = await doubleFor(t)
  const log = await logAt(double.url, 'a')
  await log.append([body(1)], 'durable')
  for (const [contentType, data] of [
    ['application/json', '{}'],
    ['application/octet-stream', '\xff'],
  ] as const) {
    double.events(streamOf('a'))[1] = {
      id: '00000000-0000-4000-8000-000000000000',
      type: 'other',
      contentType,
      data: Buffer.from(data, 'latin1'),
      metadata: Buffer.from('{}'),
    }
    t.match(await errorOf(bodiesOf(log.read(null, never))), {
      code: 'corrupt',
      message: /line 2 .* not written by this program/,
    })
  }
  await log.close()
})

void t.test(
  'a call larger than one append is stored in parts; a line larger than one is refused',
  async (t) => {
    const double = await doubleFor(t)
    const log = await logAt(double.url, 'a')
    const bodies = Array.from({ length: 30 }, (_, i) => body(i, 'x'.repeat(100_000)))
    t.equal((await log.append(bodies, 'durable')).length, 30)
    t.ok(double.appends > 2)
    t.match(await errorOf(log.append([body(1, 'x'.repeat(1_100_000))], 'durable')), {
      code: 'io',
      message: /1048576 bytes.*MaxAppendSize/,
    })
    t.same(await log.append([body(31)], 'durable'), ['31'], 'the next one is stored')
    t.same(await bodiesOf(log.read(null, never)), [...bodies, body(31)])
    double.onStored = () => void double.deleted.add(streamOf('a'))
    t.match(await errorOf(log.append(bodies, 'durable')), {
      code: 'io',
      message: /only the first lines.*tombstone/,
    })
    double.deleted.clear()
    t.match(
      await errorOf(log.append([body(32)], 'durable')),
      { message: /only the first lines/ },
      'nothing is built on a part',
    )
    await log.close()
  },
)

void t.test('a deleted stream is said to be one', async (t) => {
  const double = await doubleFor(t)
  const log = await logAt(double.url, 'a')
  double.deleted.add(streamOf('a'))
  t.match(await errorOf(log.append([body(1)], 'durable')), {
    code: 'io',
    message: /deleted for good/,
  })
  t.match(await errorOf(log.head()), { code: 'io', message: /deleted for good/ })
  await log.close()
})

void t.test(
  'a server that is not there, or never answers, is told within the time allowed',
  async (t) => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : null
    const begun = Date.now()
    t.match(await errorOf(logAt(`esdb://127.0.0.1:${port}?tls=false`, 'a', 500)), {
      code: 'io',
      message: /does not answer/,
    })
    t.ok(sockets.length > 0, 'it was asked')
    for (const socket of sockets) socket.destroy()
    silent.close()
    await once(silent, 'close')
    t.match(await errorOf(logAt(`esdb://127.0.0.1:${port}?tls=false`, 'a', 500)), {
      code: 'io',
      message: /ECONNREFUSED/,
    })
    t.ok(Date.now() - begun < 5000)
  },
)
