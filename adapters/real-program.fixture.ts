import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Static, TObject } from 'typebox'
import { Value } from 'typebox/value'
import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { type Adapter, DeliveryError } from './adapter.ts'

// Tests against programs that are not ours, each started for one test on free ports of this machine and ended by its id.

/** How long a program, or a link to it, is waited for: a machine may be busy. Milliseconds. */
const patienceMs = 60_000

/** Options of a test that needs programs. On a test server they must be there; elsewhere their absence is shown as a skip. */
export function needs(
  programs: Readonly<Record<string, string>>,
): { readonly skip: string } | Record<string, never> {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`
  const missing = Object.entries(programs).filter(
    ([program]) => spawnSync('which', [program], { env: { PATH: path } }).status !== 0,
  )
  if (missing.length === 0 || process.env['CI'] !== undefined) return {}
  const packages = [...new Set(missing.map(([, from]) => from))].join(' ')
  return {
    skip: `${missing.map(([name]) => name).join(', ')} missing: apt-get install ${packages}`,
  }
}

export interface Program {
  readonly pid: number
  /** All that it has said so far, on both of its outputs. */
  said(): string
  /** Until it has said that. A minute at most. */
  until(what: RegExp): Promise<void>
  /** Kills it, and waits for its end. */
  end(): Promise<void>
}

/** Starts a program; it ends with the test. */
export function start(t: Test, command: string, args: readonly string[]): Program {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`
  const child: ChildProcess = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: path },
  })
  let said = ''
  let look = () => {}
  const hear = (bytes: Buffer) => {
    said += bytes.toString()
    look()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  child.once('error', (error) => {
    said += String(error)
    look()
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} is not installed`)
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  t.teardown(end)
  return {
    pid,
    said: () => said,
    until: (what) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${command} did not say ${String(what)}, but: ${said}`)),
          patienceMs,
        )
        look = () => {
          if (!what.test(said)) return
          clearTimeout(timer)
          resolve()
        }
        look()
      }),
    end,
  }
}

/** An empty folder that is gone after the test. */
export function emptyFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'if-peer-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A link to a real device, what it reports, and whether it is up; closed after the test. */
export function drive<Options extends TObject, Command>(
  t: Test,
  adapter: Adapter<Options, Command>,
  given: object,
) {
  const options = Value.Default(adapter.options, structuredClone(given)) as Static<Options> // checked just below
  if (!Value.Check(adapter.options, options)) throw new Error('these options are none')
  const reported = new Map<string, Json>()
  const states: [boolean, string][] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const each of waiting) each()
  }
  const link = adapter.open(options, {
    report(path, value) {
      reported.set(path, value)
      look()
    },
    changed(up, detail) {
      states.push([up, detail])
      look()
    },
    picture: () => {},
    barred: () => null,
  })
  t.teardown(() => link.close())
  const until = (what: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`not in time: ${JSON.stringify([states, [...reported]])}`)),
        patienceMs,
      )
      const each = () => {
        if (!what()) return
        clearTimeout(timer)
        waiting.delete(each)
        resolve()
      }
      waiting.add(each)
      each()
    })
  const device = 'device' as DeviceId // any name will do
  return {
    link,
    reported,
    states,
    until,
    isUp: () => until(() => states.at(-1)?.[0] === true),
    async fire(action: string, args: Json = null): Promise<Ack | Failure> {
      const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
      if (!plan.ok) return plan.failure
      try {
        return await link.send(plan.command, AbortSignal.timeout(patienceMs))
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error
        return error.failure
      }
    },
  }
}
