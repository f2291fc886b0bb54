import t from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { drive, needs, start } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

const tools = needs({ socat: 'socat' })

void t.test('a shell behind a UDP port confirms by its answer', tools, async (t) => {
  const port = await freePort()
  const at = `UDP4-RECVFROM:${port},bind=127.0.0.1,fork`
  const answer = 'IFS= read -r line; echo "DONE $line"'
  start(t, 'socat', ['-d', '-d', at, `SYSTEM:${answer}`])
  const device = drive(t, adapter, {
    host: '127.0.0.1',
    port,
    terminator: '\n',
    replyMs: 2000,
    actions: { on: { text: 'ON {n}', reply: '^DONE ON' }, off: { text: 'OFF', reply: '^NEVER' } },
    reports: [{ pattern: '^DONE ON (\\d+)$', path: 'on' }],
  })
  await device.isUp()
  t.equal(await device.fire('on', [7]), 'confirmed')
  t.equal(device.reported.get('on'), 7)
  t.match(await device.fire('off'), { code: 'timeout', reached: 'maybe' })
})
