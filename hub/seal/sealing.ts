import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Clock } from '../../bus/clock.ts'
import type { Config } from '../../config/config.ts'
import type { SealView } from '../../surfaces/http/seal-view.ts'
import { programFile } from '../leaf.ts'
import {
  nothingSealed,
  type SealedTree,
  type SealNews,
  type SealOrder,
  type SealReport,
  type SealSaid,
  type SealTask,
} from './seal-task.ts'

/** The seal over the journal, which a process of its own makes. */
export interface Sealing {
  /** How far it is; null before anything was said. */
  report(): SealView | null
  /** All that is sealed here, signed or not; null before anything was said, or where nothing is sealed. */
  tree(): SealedTree | null
  /** What a heartbeat says; null before the first signed head. */
  beat(): SealReport['beat']
  /** Whether this hub signs for its site. */
  signs(on: boolean): void
  /** The journal is safely stored up to there. */
  stored(position: string): void
  /** The news that the key was made is on record: else it is told again at the next start. */
  told(): void
  /** What another hub of the site has sealed: this one must have the same. */
  other(hub: string, tree: SealedTree): void
  /** Makes the key that follows, or has both keys sign that it follows. @throws RangeError that says what to do */
  key(order: 'prepare' | 'change'): Promise<KeyAnswer>
  /** Told what happens to the keys, and when another hub has another history. Returns its own removal. */
  onNews(listener: (news: SealNews) => void): () => void
  /** Seals and signs the rest, and ends. */
  close(): Promise<void>
}

export type KeyAnswer = Extract<SealNews, { readonly news: 'key-next' | 'key-signed' }>

/** What is new is told this often, so that the process wakes for many entries and not for each. Milliseconds. */
const tellMs = 50
/** How soon a process that ended is started again. Milliseconds. */
const againMs = 2000
/** What sealing the rest may take when the hub stops. Milliseconds. */
const closeMs = 10_000
/** A key is made in milliseconds; the process may be busy with a long journal. Milliseconds. */
const keyMs = 10_000

export function noSealing(): Sealing {
  return {
    report: () => null,
    tree: () => null,
    beat: () => null,
    signs: () => {},
    stored: () => {},
    told: () => {},
    other: () => {},
    key: () => Promise.reject(new RangeError('this hub seals nothing: witness.seal is off')),
    onNews: () => () => {},
    close: () => Promise.resolve(),
  }
}

/** `warn` is told once when sealing stops, with the reason, and with null when it goes on. */
export function openSealing(
  config: Config,
  data: string,
  clock: Clock,
  warn: (trouble: string | null) => void = () => {},
): Sealing {
  const { witness, site, log } = config
  const task: SealTask = {
    config: { site, log },
    data,
    origin: witness.origin ?? `infrafabric/${site}`,
    keyFile: witness.keyFile ?? join(data, 'witness', 'log.key'),
    policyFile: witness.policy,
    signAfterMs: witness.signAfterMs,
  }
  const listeners = new Set<(news: SealNews) => void>()
  const others = new Map<string, SealedTree>()
  let child: ChildProcess | null = null
  let report: SealReport | null = null
  let newest: string | null = null
  let told: string | null = null
  /** Since when something is not under a signed head. */
  let behindSince: number | null = null
  let isSigner = false
  let closing = false
  /** Another hub has another history: sealing on would hide which of them is the true one. */
  let isOver = false
  let cancelTell = () => {}
  let cancelAgain = () => {}
  let isTelling = false
  let isAsking = false

  function send(order: SealOrder): boolean {
    return child?.connected === true && child.send(order)
  }

  function start(): void {
    const process = fork(programFile('seal-process'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child = process
    process.on('message', hear)
    process.once('exit', (code) => {
      if (child === process) child = null
      if (closing) return
      keep({
        ...(report ?? nothingSealed),
        trouble: report?.trouble ?? `sealing ended with code ${code}`,
      })
      if (!isOver) cancelAgain = clock.after(againMs, start)
    })
    process.on('error', () => {}) // it has ended: its exit says so, too
    process.send(task)
    send({ signs: isSigner })
    for (const [other, tree] of others) send({ other, tree })
    told = null
    tell()
  }

  function hear(said: SealSaid): void {
    if ('news' in said) {
      isOver ||= said.news === 'differs'
      for (const listener of listeners) listener(said)
      return
    }
    if (said.trouble === null && said.upTo === newest) behindSince = null
    // what came since was stored after this head was signed
    else if (said.upTo !== report?.upTo) behindSince = said.signedAt
    keep(said)
  }

  function keep(next: SealReport): void {
    const before = report?.trouble ?? null
    report = next
    if (next.trouble !== before) warn(next.trouble)
  }

  function tell(): void {
    isTelling = false
    if (newest === null || newest === told) return
    if (send({ upTo: newest })) told = newest
  }

  start()
  return {
    report: () =>
      report && {
        ...report,
        signs: isSigner,
        behindSince: isSigner ? behindSince : null,
        asksWitnesses: task.policyFile !== null,
        signAfterMs: witness.signAfterMs,
        heartbeatMs: witness.heartbeatMs,
      },
    tree: () => (report === null || report.tree.size === 0 ? null : report.tree),
    beat: () => report?.beat ?? null,
    signs(on) {
      if (on === isSigner) return
      isSigner = on
      send({ signs: on })
    },
    told: () => void send({ told: true }),
    other(hub, tree) {
      const known = others.get(hub)
      if (known?.size === tree.size && known.root === tree.root) return
      others.set(hub, tree)
      send({ other: hub, tree })
    },
    async key(order) {
      if (isAsking)
        throw new RangeError('the key is being changed already: wait until that is done')
      isAsking = true
      try {
        return await new Promise<KeyAnswer>((resolve, reject) => {
          const late = setTimeout(() => end(new RangeError('sealing does not answer')), keyMs)
          const end = (answer: KeyAnswer | RangeError) => {
            clearTimeout(late)
            listeners.delete(take)
            if (answer instanceof RangeError) reject(answer)
            else resolve(answer)
          }
          const take = (news: SealNews) => {
            if (news.news === 'key-next' || news.news === 'key-signed') end(news)
            else if (news.news === 'key-refused') end(new RangeError(news.detail))
          }
          listeners.add(take)
          if (!send({ key: order }))
            end(new RangeError(`nothing is sealed: ${report?.trouble ?? 'sealing has not begun'}`))
        })
      } finally {
        isAsking = false
      }
    },
    onNews(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stored(position) {
      newest = position
      behindSince ??= clock.now()
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
