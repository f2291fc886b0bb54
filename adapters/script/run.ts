import { type ChildProcess, spawn } from 'node:child_process'
import type { Program } from './options.ts'
import { createTail, type Tail } from './tail.ts'

/** 2 s between SIGTERM and SIGKILL: time to close a file, not to finish the work. */
export const graceMs = 2000
/** 100 ms: what is in the pipes when a program ended is read by then; what it left running may hold them for ever. */
const drainMs = 100
/** What of the hub's environment a program is given: without them many do not run. The rest may hold secrets. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const

export type Ended =
  | { readonly type: 'exit'; readonly code: number }
  | { readonly type: 'signal'; readonly signal: string }
  /** It never ran. */
  | { readonly type: 'error'; readonly error: unknown }

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Ended>
  readonly output: Tail
  readonly errors: Tail
  /** SIGTERM for it and all it started, SIGKILL when it is gone or {@link graceMs} are over. Idempotent. */
  stop(): void
}

/** Starts a program in a process group of its own. No shell: each argument arrives as it is. Never throws. */
export function start(program: Program, args: readonly string[]): Running {
  const output = createTail()
  const errors = createTail()
  const env: Record<string, string> = {}
  for (const name of passedOn) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  let child: ChildProcess
  try {
    child = spawn(program.path, args, {
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
      env: { ...env, ...program.env },
      shell: false,
      // a group of its own, so that what it starts can be ended with it
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    return { ended: Promise.resolve({ type: 'error', error }), output, errors, stop: () => {} }
  }
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
  let stopping: NodeJS.Timeout | null = null
  let over = false
  const signalAll = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // ESRCH: nobody is left in the group, which is what is wanted
    }
  }
  const kill = () => signalAll('SIGKILL')
  const ended = new Promise<Ended>((resolve) => {
    // also after the start, where a signal cannot be sent; `exit` has told by then or tells next
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ type: 'error', error })
    })
    child.once('exit', (code, signal) => {
      over = true
      if (stopping !== null) {
        clearTimeout(stopping)
        kill()
      }
      const end: Ended =
        code === null ? { type: 'signal', signal: signal ?? 'a signal' } : { type: 'exit', code }
      const drained = setTimeout(done, drainMs)
      child.once('close', done)
      function done() {
        clearTimeout(drained)
        child.stdout?.destroy()
        child.stderr?.destroy()
        resolve(end)
      }
    })
  })
  return {
    ended,
    output,
    errors,
    stop() {
      if (over || stopping !== null) return
      signalAll('SIGTERM')
      stopping = setTimeout(kill, graceMs)
    },
  }
}
