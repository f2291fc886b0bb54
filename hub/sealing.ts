import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../bus/clock.ts'
import type { Config } from '../config/config.ts'
import type { SealOrder, SealReport, SealTask } from './seal-task.ts'

/** The seal over the journal, which a process of its own makes. */
export interface Sealing {
  /** What it said last; null before it said anything. */
  report(): SealReport | null
  /** Whether this hub signs for its site. */
  signs(on: boolean): void
  /** The journal is safely stored up to there. */
  stored(position: string): void
  /** Seals and signs the rest, and ends. */
  close(): Promise<void>
}

/** What is new is told this often, so that the process wakes for many entries and not for each. Milliseconds. */
const tellMs = 50
/** How soon a process that ended is started again. Milliseconds. */
const againMs = 2000
/** What sealing the rest may take when the hub stops. Milliseconds. */
const closeMs = 10_000

export function noSealing(): Sealing {
  return { report: () => null, signs: () => {}, stored: () => {}, close: () => Promise.resolve() }
}

export function openSealing(config: Config, data: string, clock: Clock): Sealing {
  const { witness, site, log } = config
  const task: SealTask = {
    config: { site, log },
    data,
    origin: witness.origin ?? `infrafabric/${site}`,
    keyFile: witness.keyFile ?? join(data, 'witness', 'log.key'),
    policy: witness.policy === null ? null : readFileSync(witness.policy, 'utf8'),
    signAfterMs: witness.signAfterMs,
  }
  let child: ChildProcess | null = null
  let report: SealReport | null = null
  let newest: string | null = null
  let told: string | null = null
  let isSigner = false
  let closing = false
  let cancelTell = () => {}
  let cancelAgain = () => {}
  let isTelling = false

  function start(): void {
    const file = import.meta.url.endsWith('.ts') ? './seal-process.ts' : './seal-process.js'
    const process = fork(fileURLToPath(new URL(file, import.meta.url)), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child = process
    process.on('message', (said: SealReport) => (report = said))
    process.once('exit', (code) => {
      if (child === process) child = null
      if (closing) return
      report = {
        ...(report ?? empty),
        trouble: report?.trouble ?? `sealing ended with code ${code}`,
      }
      cancelAgain = clock.after(againMs, start)
    })
    process.on('error', () => {}) // it has ended: its exit says so, too
    process.send(task)
    process.send({ signs: isSigner } satisfies SealOrder)
    told = null
    tell()
  }

  function tell(): void {
    isTelling = false
    if (newest === null || newest === told || child?.connected !== true) return
    child.send({ upTo: newest } satisfies SealOrder)
    told = newest
  }

  start()
  return {
    report: () => report,
    signs(on) {
      if (on === isSigner) return
      isSigner = on
      if (child?.connected === true) child.send({ signs: on } satisfies SealOrder)
    },
    stored(position) {
      newest = position
      if (isTelling) return
      isTelling = true
      cancelTell = clock.after(tellMs, tell)
    },
    async close() {
      closing = true
      cancelTell()
      cancelAgain()
      const process = child
      if (process?.connected !== true) return
      tell()
      const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()))
      process.send({ stop: true } satisfies SealOrder)
      const late = setTimeout(() => process.kill('SIGKILL'), closeMs)
      await ended
      clearTimeout(late)
    },
  }
}

const empty: SealReport = {
  sealed: 0,
  signed: 0,
  root: '',
  signedAt: null,
  witnessed: null,
  unwitnessed: null,
  trouble: null,
}
