import { once } from 'node:events'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { drive } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

/** A service whose answers the test writes by hand. */
async function service(t: Test, options: { readonly autoPong?: boolean } = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options })
  await once(server, 'listening')
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { server, url: `ws://127.0.0.1:${port}/` }
}

async function connection(server: WebSocketServer): Promise<WebSocket> {
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  return socket
}

async function next(
  socket: WebSocket,
): Promise<{ readonly text: string; readonly binary: boolean }> {
  const [message, binary] = (await once(socket, 'message')) as [Buffer, boolean]
  return { text: message.toString('latin1'), binary }
}

void t.test('bytes leave as a binary frame, text and JSON as text', async (t) => {
  const { server, url } = await service(t)
  const connected = connection(server)
  const { fire, isUp } = drive(t, adapter, {
    url,
    actions: { hex: { hex: '01 {n:u16}' }, text: 'GO {n}', json: { json: { go: '{n}' } } },
  })
  const socket = await connected
  await isUp()
  for (const [action, wanted] of [
    ['hex', { text: '\u0001\u0001\u0002', binary: true }],
    ['text', { text: 'GO 258', binary: false }],
    ['json', { text: '{"go":258}', binary: false }],
  ] as const) {
    const got = next(socket)
    t.equal(await fire(action, [258]), 'sent')
    t.strictSame(await got, wanted)
  }
})

void t.test('each answer belongs to the request whose number it repeats', async (t) => {
  const { server, url } = await service(t)
  const connected = connection(server)
  const { fire, isUp, reported } = drive(t, adapter, {
    url,
    actions: { go: { json: { op: 'go', header: { n: '{n}' } } } },
    ids: { at: 'header.id', answerAt: 'reply.to', as: 'text' },
    reply: { at: 'reply.done', equals: true },
    reports: [{ at: 'level', path: 'level' }],
  })
  const socket = await connected
  await isUp()
  const asked: unknown[] = []
  socket.on('message', (text) => asked.push(JSON.parse(String(text))))
  const [one, two] = [fire('go', [1]), fire('go', [2])]
  while (asked.length < 2) await once(socket, 'message')
  t.strictSame(asked, [
    { op: 'go', header: { n: 1, id: '1' } },
    { op: 'go', header: { n: 2, id: '2' } },
  ])
  socket.send('{"reply":{"to":"9","done":true}}')
  socket.send('{"reply":{"to":"2","done":false},"level":3}')
  t.match(await two, { code: 'refused', reached: 'yes' }, 'the second is answered first')
  t.equal(reported.get('level'), 3)
  socket.send('{"reply":{"to":"1","done":true}}')
  t.equal(await one, 'confirmed')
})

void t.test('a service that answers no pings is given up, one that does is kept', async (t) => {
  const silent = await service(t, { autoPong: false })
  const away = drive(t, adapter, { url: silent.url, pingMs: 100 })
  await away.until(() => away.states.some(([up]) => !up))
  t.match(away.states[1], [false, /does not answer pings/])
  const good = await service(t)
  const connected = connection(good.server)
  const kept = drive(t, adapter, { url: good.url, pingMs: 100 })
  const socket = await connected
  await kept.isUp()
  for (let pings = 0; pings < 3; pings++) await once(socket, 'ping')
  t.equal(kept.states.length, 1, 'control')
})

void t.test('who asks is said with the handshake, and where it went is not', async (t) => {
  const { server, url } = await service(t)
  const seen: (string | undefined)[] = []
  server.on('connection', (_, { headers }) => seen.push(headers.authorization))
  for (const more of [{ token: 'S3CR3T' }, { user: 'Aladdin', password: 'open sesame' }])
    await drive(t, adapter, { url, ...more }).isUp()
  // the second is the example of RFC 7617 section 2
  t.strictSame(seen, ['Bearer S3CR3T', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='])
  const { states } = drive(t, adapter, { url: 'ws://127.0.0.1:9/S3CR3T', headers: { Host: 'x' } })
  t.strictSame(states, [[false, 'config: headers: "Host" is not for you to set']])
})

void t.test('a message that is too large ends the connection', async (t) => {
  const { server, url } = await service(t)
  const connected = connection(server)
  const { states, isUp, until } = drive(t, adapter, { url, reports: [{ at: 'a', path: 'a' }] })
  const socket = await connected
  await isUp()
  socket.send(Buffer.alloc(1024 * 1024 + 1, 0x20))
  await until(() => states.length > 1)
  t.match(states[1], [false, /no WebSocket \(WS_ERR_UNSUPPORTED_MESSAGE_LENGTH\)/])
})
