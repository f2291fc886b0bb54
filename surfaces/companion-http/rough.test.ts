import t from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { bearsRoughGuests } from '../rough.contract.ts'
import { streamDoor } from '../rough-socket.contract.ts'
import { surface } from './surface.ts'

const options = {
  ...{
    host: '127.0.0.1',
    port: 0,
    insecure: false,
    operator: 'unidentified',
    deprecated: false,
    answerMs: 30_000,
  },
  variables: {},
}

const post = (path: string, body = '', type = 'text/plain') =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
const press = (col: number | string, page = 1) => `/api/location/${page}/0/${col}/press`
const wrong = (what: string, bytes: Buffer) =>
  ({ what, bytes, counted: 1, then: 'goes on' }) as const

bearsRoughGuests(t, {
  name: "Companion's HTTP",
  // on one connection, each sent before the one before is answered
  flood: 5000,
  bad: [
    { what: 'half a request', bytes: post(press(1)).subarray(0, -4), counted: 0, then: 'leaves' },
    {
      what: 'half a body',
      bytes: post(press(1), 'xxxx').subarray(0, -2),
      counted: 0,
      then: 'leaves',
    },
    {
      what: 'no HTTP at all',
      bytes: Buffer.from('press it\r\n\r\n'),
      counted: 0,
      then: 'is cut off',
    },
    {
      what: 'a giant header',
      bytes: Buffer.from(`POST /${'x'.repeat(100_000)}`),
      counted: 0,
      then: 'is cut off',
    },
    {
      what: 'a giant body',
      bytes: post(press(1), 'x'.repeat(70_000)),
      counted: 1,
      then: 'is cut off',
    },
    { what: 'a control that is no place', bytes: post(press('x')), counted: 1, then: 'goes on' },
    wrong('a control that is not there', post(press(1, 9))),
    wrong('an unknown address', post('/api/jump')),
    wrong('a variable that nobody knows', post('/api/custom-variable/x/value', '1')),
    wrong('JSON that is none', post('/api/custom-variable/x/value', '{', 'application/json')),
  ],
  async open(t) {
    const host = new RecordingHost()
    const opened = await surface.open('companion', options, host)
    t.teardown(() => opened.close())
    const port = Number(new URL(opened.address).port)
    return streamDoor(t, host, port, (col) => post(press(col)))
  },
})
