import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { LineReader, loopback, openClient, openSurface, xl } from './test-client.contract.ts'
import { surface } from './surface.ts'

// The lines are those of Companion's own page on the Satellite API, version 1.14.0, and of its older versions.

void t.test('a client is greeted with the version of the API and what it may use', async (t) => {
  const { port } = await openSurface(t)
  const socket = connect({ port, host: '127.0.0.1' })
  t.teardown(() => socket.destroy())
  const reader = new LineReader()
  socket.on('data', (chunk) => reader.push(String(chunk)))
  t.equal(await reader.until(/BEGIN/), 'BEGIN CompanionVersion="InfraFabric" ApiVersion="1.14.0"')
  t.equal(
    await reader.until(/CAPS/),
    'CAPS SUBSCRIPTIONS=1 NONSQUARE=1 BITMAP_FORMATS="rgb" ROTARY_AMOUNT=1',
  )
})

void t.test('the cable is pulled: the panel leaves, and half a line is no press', async (t) => {
  const { host, port } = await openSurface(t)
  const { socket, say, until } = await openClient(t, port)
  say(xl, 'KEY-PRESS DEVICEID=00000 KEY=0 PRESSED=1')
  await until(/^KEY-PRESS OK/)
  socket.end('KEY-PRESS DEVICEID=00000 KEY=1 PRESSED=1')
  await host.until(() => host.desk.newest.end === 'left')
  t.strictSame(host.desk.newest.said, [{ type: 'down', row: 0, col: 0 }])
})

void t.test('two megabytes without an end close one connection, and no other', async (t) => {
  const { host, port } = await openSurface(t)
  const good = await openClient(t, port)
  const bad = await openClient(t, port)
  const closed = once(bad.socket, 'close')
  bad.socket.write('x'.repeat(2 * 1024 * 1024 + 10))
  await bad.until(/^ERROR MESSAGE="line of more than 2097152 bytes"$/)
  await closed
  t.match(host.rejections.at(-1)?.failure.detail, /line of more than/)
  good.say('PING 1')
  await good.until(/^PONG 1$/)
})

void t.test('a browser that posts presses to the port is no client', async (t) => {
  const { host, port } = await openSurface(t)
  const { socket, until } = await openClient(t, port)
  const closed = once(socket, 'close')
  socket.write(
    `POST / HTTP/1.1\r\nhost: x\r\n\r\n${xl}\nKEY-PRESS DEVICEID=00000 KEY=0 PRESSED=1\n`,
  )
  await until(/this is no web server/)
  await closed
  t.equal(host.desk.seats.length, 0)
})

void t.test('the same over WebSocket, but not for the page of another site', async (t) => {
  const { host, webSocketPort } = await openSurface(t, { origins: ['http://desk.example'] })
  const url = `ws://127.0.0.1:${webSocketPort}`
  const evil = new WebSocket(url, { origin: 'http://evil.example' })
  const [error] = (await once(evil, 'error')) as [Error]
  t.match(error.message, /403/)
  t.match(host.rejections[0]?.failure.detail, /pages of http:\/\/evil\.example may not connect/)
  for (const more of [{}, { origin: 'http://desk.example' }]) {
    const socket = new WebSocket(url, more)
    const reader = new LineReader()
    socket.on('message', (bytes: Buffer) => reader.push(bytes.toString()))
    await reader.until(/^CAPS/)
    socket.send(`${xl} KEYS_TOTAL=1\n`)
    await reader.until(/^ADD-DEVICE OK/)
    socket.send('KEY-PRESS DEVICEID=00000 KE')
    socket.send('Y=0 PRESSED=1\n')
    await reader.until(/^KEY-PRESS OK/)
    t.strictSame(host.desk.newest.said, [{ type: 'down', row: 0, col: 0 }])
    socket.terminate()
    await host.until(() => host.desk.newest.end === 'left')
  }
})

void t.test('closing the surface ends every connection', async (t) => {
  const { opened, port, webSocketPort } = await openSurface(t)
  const { socket } = await openClient(t, port)
  const web = new WebSocket(`ws://127.0.0.1:${webSocketPort}`)
  await once(web, 'open')
  const ends = [once(socket, 'close'), once(web, 'close')]
  await opened.close()
  await Promise.all(ends)
})

void t.test('it listens beyond this machine only when the config says so', async (t) => {
  const { host } = await openSurface(t)
  await t.rejects(surface.open('sat', { ...loopback, host: '0.0.0.0' }, host), {
    name: 'SurfaceError',
    option: 'host',
  })
})

void t.test('a reader that takes nothing costs one drawing, not all of them', async (t) => {
  const { host, port } = await openSurface(t)
  const stuck = await openClient(t, port)
  stuck.say(`${xl} KEYS_TOTAL=1 KEYS_PER_ROW=1 BITMAPS=1024`)
  await stuck.until(/^ADD-DEVICE OK/)
  stuck.socket.pause()
  const seat = host.desk.newest
  let drawn = 0
  const draws = Array.from({ length: 40 }, (_, i) =>
    seat.draw({ row: 0, col: 0 }, { text: String(i) }).then(
      () => drawn++,
      () => {},
    ),
  )
  // each is 4 MiB: the kernel's buffers take a few of them
  const other = await openClient(t, port)
  other.say('PING 1')
  await other.until(/^PONG 1$/)
  other.say(`ADD-DEVICE DEVICEID=b PRODUCT_NAME=b KEYS_TOTAL=1 BITMAPS=1024`)
  await other.until(/^ADD-DEVICE OK/)
  await host.desk.newest.draw({ row: 0, col: 0 }, { text: 'another one is served' })
  await other.until(/^KEY-STATE/)
  t.ok(drawn < 40, `${drawn} of 40 were written`)
  stuck.socket.resume()
  await Promise.all(draws)
  t.equal(drawn, 40, 'the control: who reads gets them all')
})

void t.test('a port that is taken is named by its own key', async (t) => {
  const { host, port } = await openSurface(t)
  await t.rejects(surface.open('sat', { ...loopback, port }, host), {
    name: 'SurfaceError',
    option: 'port',
  })
  await t.rejects(surface.open('sat', { ...loopback, webSocketPort: port }, host), {
    option: 'webSocketPort',
    message: /choose another surfaces\.sat\.webSocketPort/,
  })
})
