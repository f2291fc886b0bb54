import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

const isThere = spawnSync('socat', ['-V']).error === undefined
/** What a test with a box needs; skipped where socat is missing, but not in CI. */
export const socat =
  isThere || process.env['CI'] !== undefined
    ? {}
    : { skip: 'socat for a pseudo-terminal is not installed: apt-get install socat' }

/** A box at a pseudo-terminal, played by the test. */
export async function plug(t: Pick<Test, 'teardown'>, path: string) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const child: ChildProcess = spawn(
    'socat',
    ['-t0', `PTY,link=${path},rawer`, `TCP:127.0.0.1:${port},nodelay`],
    { stdio: 'ignore' },
  )
  const [socket] = (await once(server, 'connection')) as [Socket] // what a server hands on
  let heard = ''
  let look = () => {}
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
    look()
  })
  socket.on('error', () => {}) // a pulled plug
  const unplug = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    server.close()
  }
  t.teardown(unplug)
  return {
    unplug,
    /** It takes nothing any more, or again. */
    stall: (on: boolean) => void (on ? socket.pause() : socket.resume()),
    say: (...lines: readonly string[]) => socket.write(lines.map((line) => `${line}\n`).join('')),
    raw: (bytes: Buffer) => socket.write(bytes),
    lines: () => heard.split('\n'),
    /** At most thirty seconds. */
    async hears(form: RegExp) {
      const late = AbortSignal.timeout(30_000)
      late.addEventListener('abort', () => look())
      while (!form.test(heard)) {
        if (late.aborted) throw new Error(`${String(form)} was not among ${heard.slice(0, 2000)}`)
        await new Promise<void>((resolve) => {
          look = resolve
        })
      }
    },
  }
}
