import { join } from 'node:path'
import t, { type Test } from 'tap'
import { drive, emptyFolder, needs, start } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'

const tools = needs({ socat: 'socat' })

/** A pseudo-terminal with a shell behind it that answers each line: no program of ours. */
async function plug(t: Test, path: string) {
  const answer = 'while IFS= read -r line; do echo "DONE $line"; done'
  const socat = start(t, 'socat', ['-d', '-d', `PTY,link=${path},rawer`, `SYSTEM:${answer}`])
  await socat.until(/starting data transfer loop/)
  return socat
}

void t.test('a device at a serial port answers, is unplugged, and comes back', tools, async (t) => {
  const path = join(emptyFolder(t), 'tty')
  const device = drive(t, adapter, {
    path,
    baudRate: 115_200,
    terminator: '\n',
    actions: { on: { text: 'ON {n}', reply: '^DONE ON {n}$' } },
    reports: [{ pattern: '^DONE ON (\\d+)$', path: 'on' }],
  })
  await device.until(() => device.states.length > 0)
  t.match(device.states[0], [false, /there is no such port: is it plugged in\?/])
  const first = await plug(t, path)
  await device.isUp()
  t.equal(await device.fire('on', [7]), 'confirmed')
  t.equal(device.reported.get('on'), 7)
  await first.end()
  await device.until(() => device.states.at(-1)?.[0] === false)
  t.match(device.states.at(-1), [false, /unplugged|cannot be opened or read/])
  await plug(t, path)
  await device.isUp()
  t.equal(await device.fire('on', [8]), 'confirmed', 'after the return')
})

void t.test('a path that is no serial port says so', async (t) => {
  const device = drive(t, adapter, { path: '/dev/null' })
  await device.until(() => device.states.length > 0)
  t.match(device.states[0], [false, /it is no serial port/])
})
