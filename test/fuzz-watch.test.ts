import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'

void t.test('an input that hangs ends the fuzz, and is named', async (t) => {
  const words = [
    ...process.execArgv,
    fileURLToPath(new URL('fixtures/hanging.ts', import.meta.url)),
  ]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const [, signal] = await once(child, 'close')
  t.equal(signal, 'SIGKILL')
  t.match(said, 'planted: an input is not through')
})
