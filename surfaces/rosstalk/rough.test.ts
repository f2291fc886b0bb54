import t from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { bearsRoughGuests } from '../rough.contract.ts'
import { streamDoor } from '../rough-socket.contract.ts'
import { surface } from './surface.ts'

const options = { host: '127.0.0.1', port: 0, insecure: false, operator: 'unidentified' }

const line = (what: string, text: string) =>
  ({ what, bytes: Buffer.from(`${text}\r\n`), counted: 1, then: 'goes on' }) as const

bearsRoughGuests(t, {
  name: 'RossTalk',
  bad: [
    // half of CC 1:12 is CC 1:1
    { what: 'half a command', bytes: Buffer.from('CC 1/0/1'), counted: 1, then: 'leaves' },
    line('a giant line', 'x'.repeat(1_000_000)),
    line('another command', 'FTB'),
    line('a control that is no place', 'CC 1/x/y'),
    line('a control that is not there', 'CC 9/0/1'),
  ],
  async open(t) {
    const host = new RecordingHost()
    const opened = await surface.open('ross', options, host)
    t.teardown(() => opened.close())
    const port = Number(opened.address.split(':').at(-1))
    return streamDoor(t, host, port, (col) => Buffer.from(`CC 1/0/${col}\r\n`))
  },
})
