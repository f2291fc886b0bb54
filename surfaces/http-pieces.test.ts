import { once } from 'node:events'
import {
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import { createServer as createTlsServer, request } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { testTls } from './http/certificate.contract.ts'
import { inPieces } from './http-pieces.ts'

const one = 'GET /many HTTP/1.1\r\nhost: localhost\r\n\r\n'

async function listening(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

async function connected(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** So many requests of one connection were taken in the turn of the event loop with most of them, of 1,000 sent at once. */
async function mostInATurn(t: Test, make: (listener: RequestListener) => Server): Promise<number> {
  let most = 0
  let now = 0
  let seen = 0
  const server = make((_request, response) => {
    if (now === 0) setImmediate(() => (now = 0))
    most = Math.max(most, ++now)
    seen++
    response.end()
  })
  const socket = await connected(t, await listening(t, server))
  socket.resume()
  socket.end(one.repeat(1000))
  await once(socket, 'close')
  t.equal(seen, 1000, 'each was taken')
  return most
}

void t.test(
  'a connection that sends without waiting has some of its requests taken, then others have their turn',
  async (t) => {
    const whole = await mostInATurn(t, (listener) => createServer(listener))
    t.ok(whole > 500, `control: a plain server takes ${whole} in one turn`)
    const pieces = await mostInATurn(t, (listener) => inPieces(createServer(listener)))
    t.ok(pieces < 200, `${pieces} in one turn`)
  },
)

void t.test(
  'what is sent beyond 64 unanswered requests is not read before answers are',
  async (t) => {
    const waiting: (() => void)[] = []
    const server = inPieces(
      createServer((_request, response) => waiting.push(() => response.end())),
    )
    const socket = await connected(t, await listening(t, server))
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const count = 20_000
    socket.write(one.repeat(count))
    let most = 0
    for (let answered = 0; answered < count;) {
      while (waiting.length < Math.min(64, count - answered)) await turn()
      // and then some turns more, in which a server that reads on would have read
      for (let n = 0; n < 20; n++) await turn()
      most = Math.max(most, waiting.length)
      answered += waiting.length
      for (const answer of waiting.splice(0)) answer()
    }
    const answers = () => text.split('HTTP/1.1 200 OK').length - 1
    while (answers() < count && !socket.closed) await once(socket, 'data')
    t.ok(most < 200, `${most} waited`)
    t.equal(answers(), count, 'each has its answer')
  },
)

void t.test('a request larger than a piece arrives whole, and so does its answer', async (t) => {
  const body = Buffer.alloc(300_000, 'abc')
  const server = inPieces(createServer((request, response) => void request.pipe(response)))
  const socket = await connected(t, await listening(t, server))
  socket.write(
    `POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`,
  )
  socket.write(body)
  const got: Buffer[] = []
  for await (const chunk of socket) got.push(chunk as Buffer)
  const answer = Buffer.concat(got)
  t.match(answer.toString('latin1'), /^HTTP\/1.1 200 OK\r\n/)
  t.ok(answer.includes(body.subarray(0, 1000)))
})

void t.test(
  'a client that goes in the middle ends its request, and the server goes on',
  async (t) => {
    const ended: boolean[] = []
    const server = inPieces(
      createServer((request, response) => {
        request.on('error', () => {}) // 'close' follows it
        if (request.method === 'GET') response.end('here')
        else request.on('close', () => ended.push(request.complete)).resume()
      }),
    )
    const port = await listening(t, server)
    for (const reset of [true, false]) {
      const socket = await connected(t, port)
      const taken = once(server, 'request')
      socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\nhalf')
      const [asked] = (await taken) as [IncomingMessage]
      if (reset) socket.resetAndDestroy()
      else socket.end()
      if (!asked.closed) await new Promise((resolve) => asked.once('close', resolve))
    }
    t.same(ended, [false, false])
    const [answer] = (await once(get({ port, host: '127.0.0.1' }), 'response')) as [IncomingMessage]
    t.equal(answer.statusCode, 200)
    answer.resume()
  },
)

void t.test('behind TLS a request says the same of its connection as without', async (t) => {
  const { cert, key } = testTls()
  const server = inPieces(
    createTlsServer({ cert, key }, ({ socket }, response) => {
      const { remoteAddress, remotePort, localPort } = socket
      response.end(
        JSON.stringify({ remoteAddress, remotePort, localPort, encrypted: 'encrypted' in socket }),
      )
    }),
  )
  const port = await listening(t, server)
  const asked = request({ port, host: '127.0.0.1', ca: cert, servername: 'localhost' })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const { localPort } = answer.socket
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  t.same(JSON.parse(text), {
    remoteAddress: '127.0.0.1',
    remotePort: localPort,
    localPort: port,
    encrypted: true,
  })
})

void t.test('a connection that is silent for the time of keeping alive is closed', async (t) => {
  const server = inPieces(createServer({ keepAliveTimeout: 100 }, (_, response) => response.end()))
  const socket = await connected(t, await listening(t, server))
  socket.resume()
  socket.write(one)
  await once(socket, 'close')
  t.pass('closed')
})
