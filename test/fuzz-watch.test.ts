import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'

void t.test('an input that hangs ends the fuzz, and is named', async (t) => {
  const program = `
    import { openWatch } from ${JSON.stringify(import.meta.resolve('./fuzz-watch.ts'))}
    openWatch(300).name('planted')
    for (;;) ;
  `
  const words = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const [, signal] = await once(child, 'close')
  t.equal(signal, 'SIGKILL')
  t.match(said, 'planted: an input is not through')
})
