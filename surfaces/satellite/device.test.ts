import t from 'tap'
import { openClient, openSurface, packed, xl } from './test-client.contract.ts'

// The lines are those of Companion's own page on the Satellite API, version 1.14.0, and of its older versions.

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

// Companion draws a button again when it is let go: a client that shows what is held would show it for ever
void t.test('a key that is let go is told as let go, whatever its press led to', async (t) => {
  const { host, port } = await openSurface(t)
  const { say, until } = await openClient(t, port)
  say(`${xl} KEYS_TOTAL=1 KEYS_PER_ROW=1`)
  await until(/^ADD-DEVICE OK/)
  const seat = host.desk.newest
  for (const pressed of [1, 0]) {
    say(`KEY-PRESS DEVICEID=00000 KEY=0 PRESSED=${pressed}`)
    await until(/^KEY-PRESS OK/)
    t.strictSame(seat.redrawn.splice(0), [{ row: 0, col: 0 }])
    await seat.draw({ row: 0, col: 0 }, {})
    t.match(await until(/^KEY-STATE/), `PRESSED=${pressed} `)
  }
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
    say('FIRMWARE-UPDATE-INFO DEVICEID=00000 UPDATE_URL=""')
    t.equal(await until(/^FIRMWARE/), 'FIRMWARE-UPDATE-INFO OK DEVICEID="00000"')
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
