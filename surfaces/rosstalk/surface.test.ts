import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { parseRossTalk } from './command.ts'
import { surface } from './surface.ts'

const loopback = { host: '127.0.0.1', port: 0, insecure: false, operator: 'anna' }

async function open(t: Test) {
  const host = new RecordingHost()
  const opened = await surface.open('ross', loopback, host)
  t.teardown(() => opened.close())
  const client = async () => {
    const socket = connect({
      ...{ host: '127.0.0.1', noDelay: true },
      port: Number(opened.address.split(':').at(-1)),
    })
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return { host, client }
}

// `CC page:button` counts 32 buttons in rows of 8 from 1 (source of Companion's Rosstalk service, 5.0)
void t.test('a custom control presses the button of its number, or of its place', async (t) => {
  const { host, client } = await open(t)
  const socket = await client()
  socket.write('CC 1:1\r\nCC 1:8\r\nCC 1:9\nCC 2:32\r\n\r\nCC 3/1/4\r\n')
  await host.until(() => host.gestures.length === 5)
  t.strictSame(
    host.gestures.map(({ place, gesture }) => [place.page, place.row, place.col, gesture]),
    [
      [1, 0, 0, 'press'],
      [1, 0, 7, 'press'],
      [1, 1, 0, 'press'],
      [2, 3, 7, 'press'],
      [3, 1, 4, 'press'],
    ],
  )
  t.match(host.gestures[0], {
    source: /^rosstalk:127\.0\.0\.1:\d+$/,
    actor: { id: 'anna', surface: 'ross', control: '1/0/0' },
  })
})

// ends and doubled words: source of Companion's Rosstalk service, 5.0
void t.test('commands end, and are framed, as senders of today do it', async (t) => {
  const { host, client } = await open(t)
  const socket = await client()
  socket.write('CC 1:1\0CC 1:2\0\r\n\x02CC 1:3\x03\rCC CC 1:4\r\nCC CC 1/0/4\n\x02\r\n')
  await host.until(() => host.gestures.length === 5)
  t.strictSame(
    host.gestures.map(({ place }) => place.col),
    [0, 1, 2, 3, 4],
  )
  t.strictSame(host.rejections, [])
})

void t.test('what is no press is counted, and presses nothing', async (t) => {
  for (const line of [
    'CC 1:0',
    'CC 1:33',
    'CC 0:1',
    'CC 1',
    'FTB',
    'XPT ME:1:1',
    'xCC 1:1',
    'CC 1:1x',
    '',
  ])
    t.equal(parseRossTalk(line).kind, 'error', line)
  const { host, client } = await open(t)
  const socket = await client()
  socket.write(`${'x'.repeat(5000)}\nFTB\r\nCC 9:1\r\nCC 1:1\r\n`)
  socket.end('CC 1:1')
  await host.until(() => host.rejections.length === 4 && host.gestures.length === 2)
  t.match(
    host.rejections.map(({ failure }) => failure.detail),
    [/more than 1024/, /"FTB" is neither/, /no control at 9\/0\/0/, /6 bytes without/],
  )
})

void t.test('two clients at once are 200 of 200', async (t) => {
  const { host, client } = await open(t)
  const both = await Promise.all([client(), client()])
  for (let n = 0; n < 100; n++) for (const socket of both) socket.write('CC 1:3\r\n')
  await host.until(() => host.gestures.length === 200)
  t.equal(host.rejections.length, 0)
})
