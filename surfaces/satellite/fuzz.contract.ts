import { PassThrough } from 'node:stream'
import { lineDeframer } from '../../wire/lines.ts'
import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { clientOf } from './client.ts'
import { openSession } from './session.ts'
import { packed } from './test-client.contract.ts'

const manifest = packed({
  stylePresets: { default: { colors: 'hex', leds: { segments: 3, mode: 'simple' } } },
  controls: { 'enc/0': { row: 0, column: 1 } },
})

export const targets: readonly FuzzTarget[] = [
  {
    name: 'lines of Satellite clients',
    seeds: [
      'ADD-DEVICE DEVICEID=a PRODUCT_NAME="b c" KEYS_TOTAL=4 KEYS_PER_ROW=2 COLORS=rgb TEXT=1\n',
      `ADD-DEVICE DEVICEID=a PRODUCT_NAME=b LAYOUT_MANIFEST="${manifest}"\n`,
      'KEY-PRESS DEVICEID=a KEY=1/1 PRESSED=true\nKEY-ROTATE DEVICEID=a KEY=0 DIRECTION=-3\n',
      String.raw`PINCODE-KEY DEVICEID="a \" b" KEY=3` + '\n',
      'SET-VARIABLE-VALUE DEVICEID=a VARIABLE="tbar" VALUE="MC41"\n',
      'ADD-SUB SUBID=x LOCATION=1/2/3 STYLE=e30= TEXT=true\nSUB-PRESS SUBID=x PRESSED=0\n',
      'PING 1\r\nCHANGE-PAGE DEVICEID=a DIRECTION=1\nREMOVE-DEVICE DEVICEID=a\n',
    ],
    open() {
      return (bytes) => {
        const host = new RecordingHost()
        const stream = new PassThrough()
        stream.resume()
        const gone = new AbortController()
        const client = clientOf(stream, 'satellite:fuzz', gone.signal)
        const options = { name: 'sat', operator: 'anna', subscriptions: true, variables: {} }
        const session = openSession(host, client, options)
        const deframer = lineDeframer(4096)
        // each input is a connection of its own: what one keeps goes with it
        for (const line of deframer.push(bytes)) if (line.ok) void session.take(line.text)
        session.close()
        gone.abort()
        stream.destroy()
      }
    },
  },
]
