import t from 'tap'
import { openClient, openSurface, packed, xl } from './test-client.contract.ts'

// The lines are those of Companion's own page on the Satellite API, version 1.14.0, and of its older versions.

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
      'FIRMWARE-UPDATE-INFO DEVICEID=00000',
      `FIRMWARE-UPDATE-INFO ERROR ${id} MESSAGE="Missing UPDATE_URL"`,
    ],
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
