import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { programOf } from './program.ts'

// `infra worker`, and other commands that run until they are told to stop, as processes of their own.

/** Half a minute: a start takes about a second, also where two cores serve everybody. */
const withinMs = 30_000

export interface WorkerProcess {
  /** Ends it by a signal; resolves at its end with its exit code, or the signal that killed it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
  /** Resolves at the first line that begins like this. */
  line(start: string): Promise<string>
  /** What it wrote on stderr. */
  err(): string
}

/** Starts a command. */
function startCommand(
  t: Test,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): WorkerProcess {
  const child = spawn(process.execPath, [...programOf('cli/infra'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, NO_COLOR: '1' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const said: string[] = []
  const looks = new Set<() => void>()
  let err = ''
  createInterface(child.stdout).on('line', (line) => {
    said.push(line)
    for (const look of looks) look()
  })
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  return {
    async end(signal) {
      child.kill(signal)
      const [code, killed] = await ended
      return code ?? killed
    },
    line: (start) =>
      new Promise((resolve, reject) => {
        const late = () => reject(new Error(`no line "${start}": ${said.join('\n')}${err}`))
        const timer = setTimeout(late, withinMs)
        const look = () => {
          const found = said.find((line) => line.startsWith(start))
          if (found === undefined) return
          clearTimeout(timer)
          looks.delete(look)
          resolve(found)
        }
        looks.add(look)
        look()
      }),
    err: () => err,
  }
}

/** Starts a worker and waits until it takes jobs. */
export async function readyWorker(
  t: Test,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  return readyCommand(t, ['worker', ...words], env)
}

/** Starts a command that says when it is ready, and waits for that. */
export async function readyCommand(
  t: Test,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const command = startCommand(t, words, env)
  await command.line('ready ')
  return command
}
