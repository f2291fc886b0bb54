import t from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { bearsRoughGuests } from '../rough.contract.ts'
import { streamDoor } from '../rough-socket.contract.ts'
import { surface } from './surface.ts'

const options = {
  ...{ host: '127.0.0.1', port: 0, insecure: false, operator: 'unidentified' },
  variables: {},
  answers: 'outcome',
} as const

bearsRoughGuests(t, {
  name: 'lines over TCP',
  bad: [
    { what: 'half a line', bytes: Buffer.from('LOCATION 1/0/1 PRESS'), counted: 1, then: 'leaves' },
    {
      what: 'a giant line',
      bytes: Buffer.alloc(1_000_000, 'x\n', 'latin1').fill('x', 0, 999_999),
      counted: 1,
      then: 'goes on',
    },
    { what: 'an unknown word', bytes: Buffer.from('JUMP\n'), counted: 1, then: 'goes on' },
    {
      what: 'a control that is no place',
      bytes: Buffer.from('LOCATION a/b/c PRESS\n'),
      counted: 1,
      then: 'goes on',
    },
    {
      what: 'a control that is not there',
      bytes: Buffer.from('LOCATION 9/0/1 PRESS\n'),
      counted: 1,
      then: 'goes on',
    },
    {
      what: 'bytes that are no text',
      bytes: Buffer.of(0xff, 0xfe, 0x0a),
      counted: 1,
      then: 'goes on',
    },
    {
      what: 'brackets without end',
      bytes: Buffer.from(`SET desk /a ${'['.repeat(50_000)}\n`),
      counted: 1,
      then: 'goes on',
    },
  ],
  async open(t) {
    const host = new RecordingHost()
    const opened = await surface.open('lines', options, host)
    t.teardown(() => opened.close())
    const port = Number(opened.address.split(':').at(-1))
    return streamDoor(t, host, port, (col) => Buffer.from(`LOCATION 1/0/${col} PRESS\n`))
  },
})
