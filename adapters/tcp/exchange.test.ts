import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { drive } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

/** A device whose answers the test writes by hand: what it gets, and its connections in turn. */
async function device(t: Test) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sockets: Socket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => {}) // the link resets connections
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    at: { host: '127.0.0.1', port },
    async connection(): Promise<Socket> {
      const [socket] = (await once(server, 'connection')) as [Socket]
      return socket
    },
  }
}

async function got(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString('latin1')
}

void t.test('each action has the answer that its device gives it', async (t) => {
  const { at, connection } = await device(t)
  const connected = connection()
  const { fire, isUp } = drive(t, adapter, {
    ...at,
    terminator: '\n',
    reply: '^OK',
    actions: {
      plain: 'A',
      own: { text: 'B {n}', reply: '^B={n}$', refusal: '^B!' },
      reboot: { text: 'C', answered: false },
    },
  })
  const socket = await connected
  await isUp()
  const plain = fire('plain')
  await got(socket)
  socket.write('OK\n')
  t.equal(await plain, 'confirmed')
  const own = fire('own', ['1.*'])
  t.equal(await got(socket), 'B 1.*\n')
  // the argument stands for itself, and what answers another is passed over
  socket.write('OK\nB=1xx\nB=1.*\n')
  t.equal(await own, 'confirmed')
  const refused = fire('own', [2])
  await got(socket)
  socket.write('B! no\n')
  t.match(await refused, { code: 'refused', detail: /B! no/ })
  t.equal(await fire('reboot'), 'sent')
})

void t.test('bytes are framed both ways, and answers are read in hexadecimal', async (t) => {
  const { at, connection } = await device(t)
  const connected = connection()
  const { fire, isUp, reported } = drive(t, adapter, {
    ...at,
    framing: { type: 'end', end: 'ff' },
    answers: 'hex',
    // Sony VISCA, zoom direct and its completion of socket 1; the inquiry's answer
    actions: { zoom: { hex: '81 01 04 47 {p:u16} 00 00', reply: '^9051$', refusal: '^9060..$' } },
    reports: [
      { pattern: '^9050(?<p>[0-9a-f]{4})$', path: 'zoom', value: { raw: '{p}' }, as: 'text' },
    ],
  })
  const socket = await connected
  await isUp()
  const zoom = fire('zoom', { p: 0x0102 })
  t.equal(Buffer.from(await got(socket), 'latin1').toString('hex'), '8101044701020000ff')
  socket.write(Buffer.from('9041ff90501a2bff9051ff', 'hex'))
  t.equal(await zoom, 'confirmed')
  t.equal(reported.get('zoom'), '{"raw":"1a2b"}')
  const bad = fire('zoom', { p: 1 })
  await got(socket)
  socket.write(Buffer.from('906002ff', 'hex'))
  t.match(await bad, { code: 'refused', reached: 'yes' })
  t.match(await fire('zoom', { p: 65_536 }), { code: 'malformed', detail: /"p".* 0 to 65535/ })
})

void t.test('nothing is sent before the hello is answered, after each connect', async (t) => {
  const { at, connection } = await device(t)
  const connected = connection()
  const { fire, states, isUp } = drive(t, adapter, {
    ...at,
    terminator: '\n',
    hello: [{ text: 'LOGIN hunter22', reply: '^IN$', refusal: '^NO' }, 'EVENTS ON'],
    actions: { go: 'GO' },
  })
  const first = await connected
  const going = fire('go')
  t.equal(await got(first), 'LOGIN hunter22\n')
  const again = connection()
  first.write('NO hunter22 is wrong\n')
  const second = await again
  t.match(states[0], [false, /its hello: .* refused: NO … is wrong/])
  t.equal(await got(second), 'LOGIN hunter22\n')
  let rest = ''
  second.on('data', (bytes) => (rest += bytes.toString()))
  second.write('IN\n')
  await isUp()
  t.equal(await going, 'sent')
  while (rest !== 'EVENTS ON\nGO\n') await once(second, 'data')
  t.equal(states.filter(([up]) => up).length, 1)
})

void t.test(
  'a poll asks between commands, and one that hangs makes a new connection',
  async (t) => {
    const { at, connection } = await device(t)
    const connected = connection()
    const { reported, until, states } = drive(t, adapter, {
      ...at,
      terminator: '\n',
      replyMs: 200,
      polls: [{ text: 'LEVEL?', reply: '^LEVEL', everyMs: 100 }],
      reports: [{ pattern: '^LEVEL (\\d+)$', path: 'level' }],
    })
    const socket = await connected
    const next = connection()
    for (const level of [1, 2]) {
      t.equal(await got(socket), 'LEVEL?\n')
      socket.write(`LEVEL ${level}\n`)
      await until(() => reported.get('level') === level)
    }
    const fresh = await next
    t.match(states.at(-1), [false, /did not answer in time/])
    t.equal(await got(fresh), 'LEVEL?\n')
  },
)

void t.test('a config that cannot be used says where, and nothing is sent', async (t) => {
  const at = { host: '127.0.0.1', port: 9 }
  for (const [wrong, wanted] of [
    [{ reports: [{ pattern: '(a+)+', path: 'x' }] }, /reports\.0 pattern repeats/],
    [{ reports: [{ path: 'x' }] }, /reports\.0 has either pattern or at/],
    [{ reports: [{ at: 'a..b', path: 'x' }] }, /reports\.0 at is no path/],
    [{ polls: [{ text: 'A {n}', everyMs: 100 }] }, /polls\.0 has a place \{n\}/],
    [{ hello: [{ hex: '0' }] }, /hello\.0 hex: expected bytes/],
    [{ framing: { type: 'end', end: 'x' } }, /framing: end: expected/],
    [{ framing: { type: 'fixed' } }, /fixed wants a size/],
    [{ ids: { at: 'a.' } }, /ids at is no path/],
  ] as const)
    t.match(drive(t, adapter, { ...at, ...wrong }).states[0], [false, wanted])
  const actions = {
    both: { text: 'a', hex: '00' },
    lost: { text: 'a', reply: '{n}' },
    slow: { text: 'a', reply: '(a|a)*' },
    form: { hex: '{n:u24}' },
  }
  const { fire } = drive(t, adapter, { ...at, actions })
  t.match(await fire('both'), { code: 'malformed', detail: /"both" has one of/ })
  t.match(await fire('lost'), { code: 'malformed', detail: /reply has a place \{n\}/ })
  t.match(await fire('slow'), { code: 'malformed', detail: /reply repeats/ })
  t.match(await fire('form'), { code: 'malformed', detail: /\{n:u24\}: expected one of/ })
})

void t.test('a device that makes names up cannot make the hub grow', async (t) => {
  const { at, connection } = await device(t)
  const connected = connection()
  const { reported, until } = drive(t, adapter, {
    ...at,
    reports: [{ pattern: '^(\\w+)=(\\d+)$', path: 'at/{1}', value: '{2}' }],
  })
  const socket = await connected
  const names = Array.from({ length: 10_001 }, (_, n) => `n${n}=1\n`)
  socket.write(`${names.join('')}n0=2\n`)
  await until(() => reported.get('at/n0') === 2)
  t.equal(reported.size, 10_000)
})
