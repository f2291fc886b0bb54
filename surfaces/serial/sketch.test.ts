import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const missing = ['g++', 'socat'].filter(
  (name) => spawnSync(name, ['--version']).error !== undefined,
)
const tools =
  missing.length === 0 || process.env['CI'] !== undefined
    ? {}
    : { skip: `not installed: apt-get install ${missing.join(' ')}` }

void t.test(
  'the sketch of the documentation joins, presses, and lights its lamp',
  tools,
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'if-sketch-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const page = readFileSync(new URL('../../docs/surfaces/serial.md', import.meta.url), 'utf8')
    const [, sketch = ''] = /```cpp\n(.*?)```/s.exec(page) ?? []
    t.ok(sketch.split('\n').length - 1 <= 40, 'as short as the page promises')
    const shim = new URL('arduino.fixture.h', import.meta.url).pathname
    writeFileSync(join(folder, 'box.cpp'), `#include "${shim}"\n${sketch}`)
    execFileSync('g++', ['-o', join(folder, 'box'), join(folder, 'box.cpp')])

    const [hubEnd, boxEnd] = [join(folder, 'hub'), join(folder, 'tty')]
    const cable = spawn('socat', [
      '-d',
      '-d',
      `PTY,link=${hubEnd},rawer`,
      `PTY,link=${boxEnd},rawer`,
    ])
    t.teardown(() => cable.kill())
    let said = ''
    cable.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const late = AbortSignal.timeout(60_000)
    const until = async (reached: () => boolean) => {
      while (!reached()) {
        if (late.aborted) throw new Error(`waited in vain; lamps: ${lamps}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    let lamps = ''
    await until(() => said.includes('starting data transfer loop'))
    const box = spawn(join(folder, 'box'), [boxEnd])
    t.teardown(() => box.kill())
    box.stderr.setEncoding('utf8').on('data', (text: string) => {
      lamps += text
    })

    const host = new RecordingHost()
    const settings = {
      ...({ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' } as const),
      ...{ path: hubEnd, tally: [] },
    }
    const opened = await surface.open('box', settings, host)
    t.teardown(() => opened.close())
    await until(() => host.desk.seats.length > 0)
    t.match(host.desk.newest.panel, { id: 'desk-box', controls: { length: 4 } })
    box.kill('SIGUSR1')
    await until(() => host.desk.newest.said.some(({ type }) => type === 'down'))
    box.kill('SIGUSR2')
    await until(() => host.desk.newest.said.some(({ type }) => type === 'up'))
    t.strictSame(host.desk.newest.said, [
      { type: 'down', row: 0, col: 0 },
      { type: 'up', row: 0, col: 0 },
    ])
    await host.desk.newest.draw({ row: 0, col: 2 }, { state: { is: 'pending' } })
    await until(() => lamps.includes('lamp 10 1'))
    await host.desk.newest.draw({ row: 0, col: 2 }, { state: { is: 'sent' } })
    await until(() => lamps.includes('lamp 10 0'))
  },
)
