import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Done, Task } from './task.ts'

/** A process that does tasks, in the order in which it is given them. */
export class OtherProcess {
  readonly #child: ChildProcess = start()
  readonly #given: { done: (done: Done) => void; failed: (error: Error) => void }[] = []
  #ended: Error | null = null

  constructor() {
    this.#child.on('message', (done: Done) => this.#given.shift()?.done(done))
    this.#child.once('error', (error) => this.#fail(error))
    this.#child.once('exit', (code, signal) =>
      this.#fail(new Error(`a process that verifies ended before it was done: ${signal ?? code}`)),
    )
  }

  /** Rejects where the process ended first, or could not be started. */
  do(task: Task): Promise<Done> {
    return new Promise((done, failed) => {
      if (this.#ended !== null) return failed(this.#ended)
      this.#given.push({ done, failed })
      this.#child.send(task, (error) => error === null || this.#fail(error))
    })
  }

  /** It ends when it has done what it was given. */
  end(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  #fail(error: Error): void {
    this.#ended ??= error
    for (const { failed } of this.#given.splice(0)) failed(this.#ended)
  }
}

/** Little of a line lives on: more room for what dies young, or several threads to move it, would only be held. */
const youngSmall = ['--max-semi-space-size=1', '--no-parallel-scavenge']

function start(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts')
  // built, this stands in dist/parts: build.mjs
  const path = isSource ? './work-process.ts' : '../witness/audit/work-process.js'
  const teach = isSource ? ['--import', import.meta.resolve('tsx')] : []
  return fork(fileURLToPath(new URL(path, import.meta.url)), [], {
    execArgv: [...youngSmall, ...teach],
    // keys and hashes are bytes
    serialization: 'advanced',
    // why it failed is told by whoever does its task instead
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}
