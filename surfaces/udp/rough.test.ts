import t from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { bearsRoughGuests } from '../rough.contract.ts'
import { datagramDoor } from '../rough-socket.contract.ts'
import { surface } from './surface.ts'

const options = {
  ...{ host: '127.0.0.1', port: 0, insecure: false, operator: 'unidentified' },
  variables: {},
}

const line = (what: string, text: string, counted = 1) =>
  ({ what, bytes: Buffer.from(text), counted, then: 'goes on' }) as const

bearsRoughGuests(t, {
  name: 'lines over UDP',
  bad: [
    line('half a line', 'LOCATION 1/0/'),
    line('a giant line', 'x'.repeat(60_000)),
    line('a thousand lines of nothing', 'x\n'.repeat(1000), 1000),
    line('an unknown word', 'JUMP'),
    line('a control that is not there', 'LOCATION 9/0/1 PRESS'),
    { what: 'bytes that are no text', bytes: Buffer.of(0xff, 0xfe), counted: 1, then: 'goes on' },
    { what: 'an empty datagram', bytes: Buffer.alloc(0), counted: 0, then: 'goes on' },
  ],
  async open(t) {
    const host = new RecordingHost()
    const opened = await surface.open('lines', options, host)
    t.teardown(() => opened.close())
    const port = Number(opened.address.split(':').at(-1))
    return datagramDoor(t, host, port, (col) => Buffer.from(`LOCATION 1/0/${col} PRESS`))
  },
})
