import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { infra, newRoom } from './hub-process.ts'
import { audit, eventsOf } from './record.ts'
import { until } from './site.ts'

t.setTimeout(180_000)

async function takenTcp(t: Test): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port // it listens on TCP
}

async function takenUdp(t: Test): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return socket.address().port
}

void t.test('a port in use ends the start with its number and the key to change', async (t) => {
  const [tcp, udp] = [await takenTcp(t), await takenUdp(t)]
  const cases = [
    [`http: { port: ${tcp} }`, 'http.port', tcp],
    [
      `http: { port: 0 }\nsurfaces:\n  touch: { type: osc, port: ${udp} }`,
      'surfaces.touch.port',
      udp,
    ],
    [
      `http: { port: 0 }\nsurfaces:\n  lines: { type: tcp, port: ${tcp} }`,
      'surfaces.lines.port',
      tcp,
    ],
    [
      `http: { port: 0 }\nsurfaces:\n  dgrams: { type: udp, port: ${udp} }`,
      'surfaces.dgrams.port',
      udp,
    ],
  ] as const
  for (const [config, key, port] of cases) {
    const room = newRoom(t, `site: s\nhub: h\n${config}\n`)
    const { code, out, err } = await infra(t, ['up', '--config', room.file, '--data', room.data])
    t.equal(code, 1, key)
    t.match(err, key)
    t.match(err, `127.0.0.1:${port}`)
    t.match(err, /in use/)
    t.notMatch(out, /ready/)
    const events = eventsOf(room.data)
    t.equal(events.at(-1)?.type, 'HubStopped', 'what was opened is closed again, on the record')
  }
})

void t.test('a start that fails late ends, with why and with nothing left open', async (t) => {
  const lane = "slowLane: { redis: '${env:NO_SUCH_LANE}' }\n"
  const tls = 'http: { port: 0, tls: { certFile: no-such.pem, keyFile: no-such.key } }\n'
  const cases = [
    [`http: { port: 0 }\n${lane}`, /NO_SUCH_LANE/],
    [tls, /no-such\.pem/],
  ] as const
  const room = newRoom(t, '')
  for (const [config, why] of cases) {
    room.configure(`site: s\nhub: h\n${config}`)
    const up = ['up', '--config', room.file, '--data', room.data]
    const { code, signal, err } = await infra(t, up)
    t.match({ code, signal }, { code: 1, signal: null }, `it ended by itself: ${why}`)
    t.match(err, why)
  }
  room.configure('site: s\nhub: h\nhttp: { port: 0 }\n')
  const hub = await room.start()
  const made = () => eventsOf(room.data).filter(({ type }) => type === 'KeyMade')
  await until('the key is on record', () => made().length > 0)
  t.match(await hub.end(), { code: 0 }, 'control: without the faults it runs, in the same folder')
  t.equal(made().length, 1, 'made by whichever of them, it is on record once')
})

void t.test(
  'a second hub on the same data folder is turned away, and the first goes on',
  async (t) => {
    const room = newRoom(t, 'site: s\nhub: h\nhttp: { port: 0 }\n')
    const hub = await room.start()
    const { code, err } = await infra(t, ['up', '--config', room.file, '--data', room.data])
    t.equal(code, 1)
    t.match(err, `process ${hub.pid}`, 'it says who has it')
    t.match(err, /only one hub/)
    t.equal((await hub.get('/health')).status, 200)
    const ended = await hub.end()
    t.match(ended, { code: 0, signal: null })
    const starts = eventsOf(room.data).filter(({ type }) => type === 'HubStarted')
    t.equal(starts.length, 1, 'the second one has written nothing')
  },
)

void t.test('a wrong config ends with 3, and where the fault is', async (t) => {
  const room = newRoom(
    t,
    'site: s\nhub: h\ndevices:\n  desk:\n    protocol: osc\n    host: 127.0.0.1\n    port: nine\n',
  )
  const { code, err } = await infra(t, ['up', '--config', room.file, '--data', room.data])
  t.equal(code, 3)
  t.match(err, `${room.file}:7:11 devices.desk.port: expected`)
  t.match(err, /found "nine"/)
})

void t.test('SIGTERM and SIGINT end a hub cleanly, with an entry', async (t) => {
  const room = newRoom(t, 'site: s\nhub: h\nhttp: { port: 0 }\n')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const hub = await room.start()
    t.match(await hub.end(signal), { code: 0, signal: null })
    t.match(eventsOf(room.data).at(-1), { type: 'HubStopped', reason: signal })
  }
  await audit(t, room)
})

void t.test(
  'others reach a hub only by an explicit word, and then only with a token',
  async (t) => {
    const room = newRoom(t, 'site: s\nhub: h\nhttp: { host: 0.0.0.0, port: 0 }\n')
    const up = ['up', '--config', room.file, '--data', room.data]
    const open = await infra(t, up)
    t.not(open.code, 0)
    t.match(open.err, /http\.(host|tls|insecure)/)
    t.match(open.err, /insecure: true/)
    room.configure(
      'site: s\nhub: h\nhttp: { port: 0 }\nsurfaces:\n  touch: { type: osc, host: 0.0.0.0, port: 0 }\n',
    )
    const bare = await infra(t, up)
    t.not(bare.code, 0)
    t.match(bare.err, /surfaces\.touch\.host/)

    room.configure('site: s\nhub: h\nhttp: { host: 0.0.0.0, port: 0, insecure: true }\n')
    const made = await infra(t, ['token', 'add', 'ops', '--data', room.data])
    t.equal(made.code, 0)
    const token = made.out.trim()
    const hub = await room.start()
    const url = `http://127.0.0.1:${new URL(hub.url).port}/api/v1/intents`
    const ask = async (authorization?: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: '{"intent":{"verb":"hold","on":true}}',
      })
      return { status: response.status, body: (await response.json()) as object }
    }
    t.match(await ask(), { status: 401, body: { code: 'token-required' } })
    t.match(await ask('Bearer wrong'), { status: 401, body: { code: 'bad-token' } })
    t.match(await ask(`Bearer ${token}`), { status: 202 }, 'control: with the token it is accepted')
    await hub.end()
    const lives = [...(await audit(t, room)).values()]
    t.match(lives, [{ submission: { actor: { type: 'api', id: 'ops' } } }], 'only that one')
    const refusals = eventsOf(room.data).filter((event) => event.type === 'AccessRefused')
    t.equal(
      refusals.reduce((sum, { count }) => sum + count, 0),
      2,
      'each refusal is counted',
    )
    t.match(refusals[0], { source: 'http:127.0.0.1', detail: /token/ })
    t.notOk(
      JSON.stringify(eventsOf(room.data)).includes(token),
      'the token is nowhere in the record',
    )
  },
)
