import t from 'tap'
import { askUnpaced } from './ask.ts'
import { parseCommand } from './command.ts'
import { RecordingHost } from './recording-host.contract.ts'

void t.test('a log that hangs costs no more memory than the bound, and says so', async (t) => {
  const host = new RecordingHost()
  let wake = () => {}
  host.stalled = new Promise((resolve) => {
    wake = resolve
  })
  const pass = askUnpaced(host, 3)
  const asker = { surface: 'lines', operator: 'anna', source: 'udp:127.0.0.1:5' }
  const press = () => pass(parseCommand('FIRE desk go'), asker)
  for (let n = 0; n < 5; n++) press()
  t.equal(host.wishes.length, 3)
  t.match(host.rejections, [
    { source: asker.source, failure: { code: 'refused', detail: /3 wait for the log/ } },
    { failure: { code: 'refused' } },
  ])
  // control: once the log goes on there is room again
  wake()
  await new Promise(setImmediate)
  press()
  t.equal(host.wishes.length, 4)
  t.equal(host.rejections.length, 2)
})
