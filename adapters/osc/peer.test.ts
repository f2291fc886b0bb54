import t from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { drive, needs, start } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

// liblo's oscdump: an OSC receiver that is not ours. It shows a bundle's time tag and each message.
const tools = needs({ oscdump: 'liblo-tools' })

for (const transport of ['udp', 'tcp-length'] as const)
  void t.test(`oscdump gets messages and a bundle over ${transport}`, tools, async (t) => {
    const port = await freePort()
    const at = transport === 'udp' ? `osc.udp://:${port}/` : `osc.tcp://:${port}/`
    const dump = start(t, 'stdbuf', ['-oL', 'oscdump', '-L', at])
    const { fire, isUp } = drive(t, adapter, { host: '127.0.0.1', port, transport })
    await isUp()
    // oscdump has no word for being ready: the first message says it
    for (let n = 0; n < 100 && !dump.said().includes('/ready'); n++) {
      t.equal(await fire('/ready'), 'sent')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const messages = [
      { address: '/cue/go', args: [1, 'now'] },
      { address: '/level', args: [{ type: 'f', value: 0.5 }] },
    ]
    t.equal(await fire('bundle', { messages, atMs: 1_451_606_400_500 }), 'sent')
    await dump.until(/\/level f 0\.5/)
    t.match(dump.said(), /\/cue\/go is 1 "now"/)
    // NTP's 2016-01-01, and half a second
    t.match(dump.said(), /da304000\.80000000/, 'with its time tag')
  })
