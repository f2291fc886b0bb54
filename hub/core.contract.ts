import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { simulate } from '../adapters/osc/simulator.ts'
import { fakeClock } from '../bus/clock.ts'
import { decodeEntry, type Recorded } from '../bus/entry.ts'
import { openMemoryLog } from '../bus/log-memory/log.ts'
import type { Presence } from '../bus/lease/presence.ts'
import { LogError, type EventLog } from '../bus/log.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/config.ts'
import type { IntentId } from '../intents/id.ts'
import type { Actor, Intent } from '../intents/intent.ts'
import type { Ended, Wish } from '../surfaces/surface.ts'
import { openCore, type Core } from './compose.ts'
import { noDefaults } from './intake.ts'
import { loadParts } from './parts.ts'

// What the tests of this folder share: a whole core on a log in memory and a clock that stands still, and a desk that
// takes OSC on a loopback port.

export const parts = await loadParts()

/** Well above what a slow machine needs, and an end for what never comes. Milliseconds. */
const patienceMs = 10_000

/** @throws Error with every fault of a config that is none */
export function configFrom(text: string): Config {
  const loaded = loadConfig(text, 'infra.yaml', parts.config)
  if (loaded.ok) return loaded.config
  throw new Error(loaded.faults.map((fault) => fault.message).join('\n'))
}

/** A desk that takes OSC; gone after the test. */
export async function openDesk(t: Test) {
  const desk = await simulate({})
  t.teardown(() => desk.close())
  return desk
}

/** A folder that is gone after the test. */
export function newData(t: Test): string {
  const data = mkdtempSync(join(tmpdir(), 'infra-hub-'))
  t.teardown(() => rmSync(data, { recursive: true, force: true }))
  return data
}

/** The same log behind a hub that can die: from then on nothing of it is stored any more. */
export function mortal(log: EventLog): EventLog & {
  die(): void
  /** Dies when such a body is about to be stored; resolves then. */
  dieBefore(text: string): Promise<void>
} {
  let dead = false
  let fatal: { readonly text: string; readonly died: () => void } | null = null
  return {
    ...log,
    append(bodies, durability) {
      if (fatal !== null && bodies.some((body) => body.includes(fatal?.text ?? ''))) {
        dead = true
        fatal.died()
      }
      return dead
        ? Promise.reject(new LogError('closed', 'the hub is dead'))
        : log.append(bodies, durability)
    },
    close: () => Promise.resolve(), // the next hub goes on with it
    die: () => void (dead = true),
    dieBefore: (text) => new Promise((died) => (fatal = { text, died })),
  }
}

export const anna: Actor = { type: 'operator', id: 'anna', surface: 'test', control: '1/0/0' }

export interface TestCore {
  readonly core: Core
  readonly clock: ReturnType<typeof fakeClock>
  readonly log: EventLog
  /** Nothing of it is stored any more, as if it had been killed. */
  die(): void
  /** Stops it before the test ends. */
  stop(): Promise<void>
  wish(intent: Intent, more?: Partial<Wish>): Wish
  submit(intent: Intent, more?: Partial<Wish>): ReturnType<Core['intake']['submit']>
  /** How an accepted intent ended; waits for it. */
  ended(id: IntentId): Promise<Ended>
  /** Resolves once `holds` does, looked at after each commit. */
  until(what: string, holds: () => boolean): Promise<void>
  /** All that is stored. */
  entries(): Promise<readonly Recorded[]>
}

export interface TestCoreOptions {
  readonly config: string
  readonly log?: EventLog
  readonly clock?: ReturnType<typeof fakeClock>
  readonly data?: string
  readonly presence?: Presence
}

/** Opens a core that closes with the test. */
export async function openTestCore(t: Test, options: TestCoreOptions): Promise<TestCore> {
  const { log = openMemoryLog(), clock = fakeClock(), data = newData(t) } = options
  // it may be read after the hub has closed its own
  const own = mortal({ ...log, close: () => Promise.resolve() })
  const core = await openCore({
    parts,
    config: configFrom(options.config),
    data,
    version: 'test',
    log: own,
    clock,
    ...(options.presence === undefined ? {} : { presence: options.presence }),
  })
  let stopped: Promise<void> | null = null
  const stop = () => (stopped ??= core.close('the test is over'))
  t.teardown(stop)
  const wish = (intent: Intent, more: Partial<Wish> = {}): Wish => ({
    intent,
    actor: anna,
    source: 'test:1',
    ...more,
  })
  return {
    core,
    clock,
    log,
    die: () => own.die(),
    stop,
    wish,
    submit: (intent, more) => core.intake.submit(wish(intent, more), noDefaults),
    async ended(id) {
      const outcome = core.room.deliveries.state.intents.get(id)?.outcome
      if (outcome != null) return { id, outcome: outcome.type, failure: outcome.failure }
      return core.waiters.wait(id, AbortSignal.timeout(patienceMs))
    },
    until(what, holds) {
      if (holds()) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          off()
          reject(new Error(`it never came to this: ${what}`))
        }, patienceMs)
        const off = core.journal.recorder.onCommit(() => {
          if (!holds()) return
          clearTimeout(timer)
          off()
          resolve()
        })
      })
    },
    entries: async () => (await log.tail(1_000_000)).map(decodeEntry),
  }
}
