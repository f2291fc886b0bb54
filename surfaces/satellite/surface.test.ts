import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { LineReader, loopback, openClient, openSurface, packed } from './test-client.contract.ts'
import { surface } from './surface.ts'

// The lines are those of Companion's own page on the Satellite API, version 1.14.0, and of its older versions.

const xl = 'ADD-DEVICE DEVICEID=00000 PRODUCT_NAME="Satellite Streamdeck"'

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

void t.test(
  'the oldest client has the 32 keys of a Stream Deck XL, and no more than that',
  async (t) => {
    const { host, port } = await openSurface(t)
    const { say, until } = await openClient(t, port)
    say(xl)
    await until(/^ADD-DEVICE OK DEVICEID="00000"$/)
    const { panel } = host.desk.newest
    t.match(panel, { id: '00000', product: 'Satellite Streamdeck', ownsPin: false })
    t.match(panel.source, /^satellite:127\.0\.0\.1:\d+$/)
    t.equal(panel.controls.length, 32)
    t.match(panel.controls.at(-1), { row: 3, col: 7, takes: { bitmap: null, text: false } })
  },
)

void t.test('keys go down and up by number, and by row and column', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  say(`${xl} KEYS_TOTAL=15 KEYS_PER_ROW=5`)
  await until(/^ADD-DEVICE OK/)
  say(
    'KEY-PRESS DEVICEID=00000 KEY=7 PRESSED=true',
    'key-press DEVICEID="00000" KEY=7 PRESSED=0\r',
    'KEY-PRESS DEVICEID=00000 KEY=2/4 PRESSED=1',
    'KEY-ROTATE DEVICEID=00000 KEY=0 DIRECTION=1',
    'KEY-ROTATE DEVICEID=00000 KEY=0 DIRECTION=-3',
    'KEY-ROTATE DEVICEID=00000 KEY=0 DIRECTION=0',
  )
  for (let i = 0; i < 3; i++) await until(/^KEY-PRESS OK DEVICEID="00000"$/)
  for (let i = 0; i < 3; i++) await until(/^KEY-ROTATE OK DEVICEID="00000"$/)
  t.strictSame(host.desk.newest.said, [
    { type: 'down', row: 1, col: 2 },
    { type: 'up', row: 1, col: 2 },
    { type: 'down', row: 2, col: 4 },
    { type: 'rotate', steps: 1, row: 0, col: 0 },
    { type: 'rotate', steps: -3, row: 0, col: 0 },
    { type: 'rotate', steps: -1, row: 0, col: 0 },
  ])
})

void t.test('a manifest gives each control its id, its place and its look', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  const manifest = packed({
    stylePresets: {
      default: { bitmap: { w: 72, h: 72 }, colors: 'hex' },
      encoder: {
        colors: 'rgb',
        text: true,
        textStyle: true,
        leds: { segments: 4, mode: 'simple' },
      },
    },
    controls: {
      '0/0': { row: 0, column: 0 },
      'enc/0': { row: 1, column: 3, stylePreset: 'encoder' },
    },
  })
  say(`${xl} LAYOUT_MANIFEST="${manifest}" SERIAL="streamdeck:AB12" KEYS_TOTAL=4`)
  await until(/^ADD-DEVICE OK/)
  const seat = host.desk.newest
  t.equal(seat.panel.id, 'streamdeck:AB12')
  t.strictSame(
    seat.panel.controls.map(({ row, col, takes }) => [row, col, takes]),
    [
      [0, 0, { bitmap: { width: 72, height: 72 }, text: false, colour: true, level: false }],
      [1, 3, { bitmap: null, text: true, colour: true, level: true }],
    ],
  )
  say('KEY-PRESS DEVICEID=00000 CONTROLID="enc/0" PRESSED=true')
  await until(/^KEY-PRESS OK/)
  t.strictSame(seat.said, [{ type: 'down', row: 1, col: 3 }])

  seat.port.page(3)
  await seat.draw({ row: 1, col: 3 }, { text: 'GAIN', colour: '#ff8000', level: 0.5, size: 50 })
  t.equal(
    await until(/^KEY-STATE/),
    `KEY-STATE DEVICEID="00000" CONTROLID="enc/0" LOCATION="3/1/3" PRESSED=1 TYPE="BUTTON" COLOR="rgb(255,128,0)" TEXTCOLOR="rgb(255,255,255)" TEXT="R0FJTg==" FONT_SIZE=22 LEDS="/4AA/4AAAAAAAAAA"`,
  )
})

void t.test('a key with pixels is sent as raw RGB of the size that was asked for', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  for (const [bitmaps, side] of [
    ['BITMAPS=true', 72],
    ['BITMAPS=20', 20],
  ] as const) {
    say(`${xl} KEYS_TOTAL=1 KEYS_PER_ROW=1 ${bitmaps}`)
    await until(/^ADD-DEVICE OK/)
    await host.desk.newest.draw({ row: 0, col: 0 }, { colour: '#204060' })
    const [, bitmap] = / BITMAP="([^"]+)"/.exec(await until(/^KEY-STATE/)) ?? []
    const bytes = Buffer.from(bitmap ?? '', 'base64')
    t.equal(bytes.length, side * side * 3)
    const middle = (Math.floor(side / 2) * side + Math.floor(side / 2)) * 3
    t.strictSame([...bytes.subarray(middle, middle + 3)], [0x20, 0x40, 0x60])
    say('REMOVE-DEVICE DEVICEID=00000')
    await until(/^REMOVE-DEVICE OK DEVICEID="00000"$/)
    t.equal(host.desk.newest.end, 'left')
  }
})

void t.test(
  'a key without pixels shows by its colour and its text what became of a press',
  async (t) => {
    const { host, port } = await openSurface(t)
    const { say, until } = await openClient(t, port)
    say(`${xl} KEYS_TOTAL=1 KEYS_PER_ROW=1 COLORS=true TEXT=1`)
    await until(/^ADD-DEVICE OK/)
    const shows = async (state: Parameters<typeof host.desk.newest.draw>[1]['state']) => {
      const face = { text: 'CUT', colour: '#112233', ...(state === undefined ? {} : { state }) }
      await host.desk.newest.draw({ row: 0, col: 0 }, face)
      const line = await until(/^KEY-STATE/)
      const text = / TEXT="([^"]*)"/.exec(line)?.[1] ?? ''
      return [/ COLOR="([^"]*)"/.exec(line)?.[1], Buffer.from(text, 'base64').toString()]
    }
    t.strictSame(await shows({ is: 'confirmed' }), ['#112233', 'CUT'])
    t.strictSame(await shows({ is: 'pending' }), ['#ffb300', 'CUT…'])
    t.strictSame(await shows({ is: 'asks', withinMs: 1 }), ['#29b6f6', 'CUT?'])
    t.strictSame(await shows({ is: 'failed', reason: 'no way' }), ['#d32f2f', 'CUT!'])
  },
)

void t.test(
  'brightness, lock and pages reach the client, and its PIN and pages the hub',
  async (t) => {
    const { host, port } = await openSurface(t)
    const { say, until, reader } = await openClient(t, port)
    say(`${xl} PINCODE_LOCK=FULL CAN_CHANGE_PAGE="swipe" BRIGHTNESS=1 COLORS=1`)
    await until(/^ADD-DEVICE OK/)
    const seat = host.desk.newest
    t.equal(seat.panel.ownsPin, true)
    seat.port.brightness(40)
    t.equal(await until(/^BRIGHTNESS/), 'BRIGHTNESS DEVICEID="00000" VALUE=40')
    seat.port.locked({ digits: 2 })
    t.equal(
      await until(/^LOCKED-STATE/),
      'LOCKED-STATE DEVICEID="00000" LOCKED=1 CHARACTER_COUNT=2 ROTATION=0',
    )
    await seat.draw({ row: 0, col: 0 }, { text: 'hidden' })
    seat.port.locked(null)
    t.match(await until(/^LOCKED-STATE|^KEY-STATE/), /LOCKED=0 CHARACTER_COUNT=0/)
    await seat.draw({ row: 0, col: 0 }, { text: 'seen' })
    await until(/^KEY-STATE/) // the control: it is drawn when it is open
    say('PINCODE-KEY DEVICEID=00000 KEY=7', 'CHANGE-PAGE DEVICEID=00000 DIRECTION=1')
    say('CHANGE-PAGE DEVICEID=00000 DIRECTION=0')
    await until(/^CHANGE-PAGE OK/)
    await until(/^CHANGE-PAGE OK/)
    t.strictSame(seat.said, [
      { type: 'digit', digit: 7 },
      { type: 'page', to: 'next' },
      { type: 'page', to: 'previous' },
    ])
    t.strictSame(reader.lines, [])
  },
)

void t.test(
  'variables go both ways: in as a value of a device, out as what a device says',
  async (t) => {
    const { host, port } = await openSurface(t, {
      variables: {
        tbar: { device: 'mixer', path: 'tbar' },
        on: { device: 'mixer', path: 'onair' },
      },
    })
    host.report('mixer', 'onair', 'CAM 1')
    const { say, until } = await openClient(t, port)
    const variables = packed([
      { id: 'tbar', type: 'input', name: 'T-bar' },
      { id: 'on', type: 'output', name: 'On air' },
      { id: 'other', type: 'input', name: 'Nowhere' },
    ])
    say(`${xl} VARIABLES="${variables}"`)
    await until(/^ADD-DEVICE OK/)
    t.equal(
      await until(/^VARIABLE-VALUE/),
      'VARIABLE-VALUE DEVICEID="00000" VARIABLE="on" VALUE="Q0FNIDE="',
    )
    host.report('mixer', 'onair', 2)
    t.match(await until(/^VARIABLE-VALUE/), / VALUE="Mg=="$/)
    say('SET-VARIABLE-VALUE DEVICEID=00000 VARIABLE="tbar" VALUE="MC41"')
    t.equal(
      await until(/^SET-VARIABLE-VALUE/),
      'SET-VARIABLE-VALUE OK DEVICEID="00000" VARIABLE="tbar"',
    )
    t.strictSame(host.desk.newest.said, [
      { type: 'set', device: 'mixer', path: 'tbar', value: 0.5 },
    ])
    say('SET-VARIABLE-VALUE DEVICEID=00000 VARIABLE="on" VALUE="MQ=="')
    t.match(await until(/^SET-VARIABLE-VALUE ERROR/), /on was not declared as input/)
    say('SET-VARIABLE-VALUE DEVICEID=00000 VARIABLE="other" VALUE="MQ=="')
    t.match(await until(/^SET-VARIABLE-VALUE ERROR/), /surfaces\.sat\.variables has no other/)
  },
)

void t.test('a single button can be watched and pressed without being a panel', async (t) => {
  const { host, port } = await openSurface(t)
  const { socket, say, until } = await openClient(t, port)
  host.show({ page: 1, row: 2, col: 3 }, { text: 'GO', colour: '#00ff00' })
  say('ADD-SUB SUBID=myid LOCATION=1/2/3 COLORS=hex TEXT=true')
  await until(/^ADD-SUB OK SUBID="myid"$/)
  t.equal(
    await until(/^SUB-STATE/),
    'SUB-STATE SUBID="myid" PRESSED=0 TYPE="BUTTON" COLOR="#00ff00" TEXTCOLOR="#ffffff" TEXT="R08="',
  )
  host.show({ page: 1, row: 2, col: 3 }, { text: 'GO', state: { is: 'pending' } })
  t.match(await until(/^SUB-STATE/), /COLOR="#ffb300"/)
  say('ADD-SUB SUBID=other LOCATION=2/0/0 TEXT=true', 'SUB-PRESS SUBID=other PRESSED=true')
  await until(/^SUB-PRESS OK SUBID="other"$/)
  t.match(host.gestures.at(-1), {
    place: { page: 2, row: 0, col: 0 },
    gesture: 'down',
    actor: { type: 'operator', id: 'unidentified', surface: 'sat', control: '2/0/0' },
  })
  say('SUB-ROTATE SUBID=other DIRECTION=-2')
  await until(/^SUB-ROTATE OK/)
  t.strictSame(
    host.gestures.slice(-2).map(({ gesture }) => gesture),
    ['rotate-left', 'rotate-left'],
  )
  say('REMOVE-SUB SUBID=myid')
  await until(/^REMOVE-SUB OK SUBID="myid"$/)
  socket.destroy()
  await host.until(() => host.gestures.at(-1)?.gesture === 'up')
  t.equal(host.followers, 0, 'who is gone is told nothing any more')
})

void t.test('subscriptions can be switched off', async (t) => {
  const { port } = await openSurface(t, { subscriptions: false })
  const { say, until } = await openClient(t, port)
  say('ADD-SUB SUBID=myid LOCATION=1/2/3 TEXT=true')
  t.equal(await until(/^ADD-SUB/), 'ADD-SUB ERROR MESSAGE="Subscriptions not enabled"')
})

void t.test('what cannot be done is said to the client, and counted', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  say(`${xl} KEYS_TOTAL=4 KEYS_PER_ROW=2`)
  await until(/^ADD-DEVICE OK/)
  const id = 'DEVICEID="00000"'
  const cases: readonly (readonly [string, string])[] = [
    ['DANCE now', 'ERROR MESSAGE="Unknown command: DANCE"'],
    ['ADD-DEVICE PRODUCT_NAME=x', 'ADD-DEVICE ERROR MESSAGE="Missing DEVICEID"'],
    ['ADD-DEVICE DEVICEID=a', 'ADD-DEVICE ERROR DEVICEID="a" MESSAGE="Missing PRODUCT_NAME"'],
    [xl, `ADD-DEVICE ERROR ${id} MESSAGE="Device already added"`],
    ...['KEYS_TOTAL=0', 'KEYS_TOTAL=1e9', 'KEYS_TOTAL=-1', 'KEYS_TOTAL=x'].map(
      (total) =>
        [
          `ADD-DEVICE DEVICEID=b PRODUCT_NAME=b ${total}`,
          'ADD-DEVICE ERROR DEVICEID="b" MESSAGE="Invalid KEYS_TOTAL"',
        ] as const,
    ),
    [
      'ADD-DEVICE DEVICEID=b PRODUCT_NAME=b BITMAPS=100000',
      'ADD-DEVICE ERROR DEVICEID="b" MESSAGE="Invalid BITMAPS"',
    ],
    ...['e30=', '%%%', packed({ stylePresets: { default: {} }, controls: { a: { row: -1 } } })].map(
      (manifest) =>
        [
          `ADD-DEVICE DEVICEID=b PRODUCT_NAME=b LAYOUT_MANIFEST="${manifest}"`,
          'ADD-DEVICE ERROR DEVICEID="b" MESSAGE="Invalid LAYOUT_MANIFEST"',
        ] as const,
    ),
    [
      'ADD-DEVICE DEVICEID=b PRODUCT_NAME=b VARIABLES=e30=',
      'ADD-DEVICE ERROR DEVICEID="b" MESSAGE="Invalid VARIABLES"',
    ],
    ['KEY-PRESS KEY=1 PRESSED=1', 'KEY-PRESS ERROR MESSAGE="Missing DEVICEID"'],
    [
      'KEY-PRESS DEVICEID=z KEY=1 PRESSED=1',
      'KEY-PRESS ERROR DEVICEID="z" MESSAGE="Device not found"',
    ],
    ['KEY-PRESS DEVICEID=00000 PRESSED=1', `KEY-PRESS ERROR ${id} MESSAGE="Missing KEY"`],
    ['KEY-PRESS DEVICEID=00000 KEY=4 PRESSED=1', `KEY-PRESS ERROR ${id} MESSAGE="Invalid KEY"`],
    ['KEY-PRESS DEVICEID=00000 KEY=1', `KEY-PRESS ERROR ${id} MESSAGE="Missing PRESSED"`],
    ['KEY-ROTATE DEVICEID=00000 KEY=1', `KEY-ROTATE ERROR ${id} MESSAGE="Missing DIRECTION"`],
    [
      'KEY-ROTATE DEVICEID=00000 KEY=1 DIRECTION=1e9',
      `KEY-ROTATE ERROR ${id} MESSAGE="DIRECTION has 64 steps at most"`,
    ],
    ['PINCODE-KEY DEVICEID=00000 KEY=10', `PINCODE-KEY ERROR ${id} MESSAGE="Invalid KEY"`],
    [
      'CHANGE-PAGE DEVICEID=00000 DIRECTION=1',
      `CHANGE-PAGE ERROR ${id} MESSAGE="The device was added without CAN_CHANGE_PAGE"`,
    ],
    ['ADD-SUB SUBID="a b" LOCATION=1/0/0', 'ADD-SUB ERROR MESSAGE="Invalid SUBID"'],
    ['ADD-SUB SUBID=a LOCATION=0/0/0', 'ADD-SUB ERROR MESSAGE="Invalid LOCATION"'],
    ['SUB-PRESS SUBID=none PRESSED=1', 'SUB-PRESS ERROR MESSAGE="Unknown SUBID"'],
  ]
  for (const [line, wanted] of cases) {
    const before = host.rejections.length
    say(line)
    t.equal(await until(/ERROR/), wanted)
    t.equal(host.rejections.length, before + 1)
  }
  t.equal(host.desk.seats.length, 1)
  say('PING a "payload" 7')
  t.equal(await until(/^PONG/), 'PONG a "payload" 7')
})

void t.test('a panel that has no seat is told why', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  say(`${xl} KEYS_TOTAL=1`)
  await until(/^ADD-DEVICE OK/)
  host.desk.newest.finish('replaced', 'another panel joined as "00000"')
  t.equal(await until(/^KEYS-CLEAR/), 'KEYS-CLEAR DEVICEID="00000"')
  t.equal(
    await until(/^ADD-DEVICE/),
    String.raw`ADD-DEVICE ERROR DEVICEID="00000" MESSAGE="another panel joined as \"00000\""`,
  )
  say('KEY-PRESS DEVICEID=00000 KEY=0 PRESSED=1')
  t.match(await until(/^KEY-PRESS/), /Device not found/)
})

void t.test('a press that the hub refuses is an error that says why', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  say(xl)
  await until(/^ADD-DEVICE OK/)
  host.desk.newest.answer = { ok: false, code: 'locked', detail: 'the panel is locked' }
  say('KEY-PRESS DEVICEID=00000 KEY=0 PRESSED=1')
  t.equal(
    await until(/^KEY-PRESS/),
    'KEY-PRESS ERROR DEVICEID="00000" MESSAGE="the panel is locked"',
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
