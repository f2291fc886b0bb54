import t from 'tap'
import type { DeviceId } from '../intents/id.ts'
import { askUnpaced } from './ask.ts'
import type { Asked } from './asked.ts'
import { RecordingHost } from './recording-host.contract.ts'

const fire = (): Asked => ({
  kind: 'intent',
  intent: { verb: 'fire', device: 'desk' as DeviceId, action: 'go', args: {} }, // the test's own name
  control: 'FIRE desk go',
})

void t.test('a log that hangs costs no more memory than the bound, and says so', async (t) => {
  const host = new RecordingHost()
  let wake = () => {}
  host.stalled = new Promise((resolve) => {
    wake = resolve
  })
  const pass = askUnpaced(host, 6)
  const press = (port: number) =>
    pass(fire(), { surface: 'lines', operator: 'anna', source: `udp:127.0.0.1:${port}` })
  for (let n = 0; n < 5; n++) press(1)
  t.equal(host.wishes.length, 3, 'one source may hold as many places as are free')
  t.match(host.rejections, [
    { source: 'udp:127.0.0.1:1', failure: { code: 'refused', detail: /3 wait for the log/ } },
    { failure: { code: 'refused' } },
  ])
  press(2)
  t.equal(host.wishes.length, 4, 'another source still gets in')
  // control: once the log goes on there is room again
  wake()
  await new Promise(setImmediate)
  press(1)
  t.equal(host.wishes.length, 5)
  t.equal(host.rejections.length, 2)
})
