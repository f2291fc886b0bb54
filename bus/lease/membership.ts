import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { LogError } from '../log.ts'
import type { HubSign, Presence } from './presence.ts'

/** This hub among the hubs of its site: it says that it is alive, and hears who else is. */
export interface Membership {
  readonly ttlMs: number
  /** The hubs that were alive when last asked, this one among them. */
  hubs(): readonly HubSign[]
  /** Whether its last sign of life still counts with the others. A hub that wakes up is not sure of that. */
  isSure(): boolean
  /** Whether a hub that gives no sign is gone. Not so right after trouble: the others' signs may have been lost, too. */
  canJudge(): boolean
  /** Why it cannot say that it is alive; null while it can. */
  trouble(): string | null
  /** Called after each sign that was given. Returns its own removal. */
  onBeat(listener: () => void): () => void
  /** Gives a sign now; resolves to whether it could. */
  beat(): Promise<boolean>
  /** Gives no further sign, and takes back the last one: nobody need wait until it is old. Never rejects. */
  leave(): Promise<void>
}

export interface MembershipParts {
  readonly clock: Clock
  readonly hub: string
  readonly presence: Presence
  /** How long joining waits for a server that is not there yet. Milliseconds. */
  readonly withinMs: number
  /** It may also join later: where nobody can be told it goes on trying, and is not sure of anything until then. */
  readonly late?: boolean
  /** What it says of itself at this moment. */
  sign(): Omit<HubSign, 'hub' | 'at'>
  /** Another process goes by this hub's name: two of them must not act. */
  readonly displaced: (error: LogError) => void
}

/** Signs of life for each of their lifetimes: two may be lost, and a hub that is gone is seen within a sixth of it. */
const beatsPerTtl = 6

/** How much longer than a sign's life a starting hub waits for its own name. Milliseconds. */
const graceMs = 1000

/**
 * Joins: from here on it gives a sign of life again and again. Where the name is in use it waits as long as the sign of
 * a process that has died may last.
 * @throws LogError `locked` where the name stays in use; `io` where nobody can be told
 */
export async function join(parts: MembershipParts): Promise<Membership> {
  const { clock, hub, presence } = parts
  const listeners = new Set<() => void>()
  let alive: readonly HubSign[] = []
  let sureUntil = -Infinity
  let wallUntil = -Infinity
  let judgeFrom = performance.now()
  let trouble: string | null = null
  let beating: Promise<boolean> | null = null
  let left = false
  let hasJoined = false
  let lockedSince: number | null = null
  let cancel = () => {}

  async function give(): Promise<void> {
    const steady = performance.now()
    const wall = Date.now()
    alive = await presence.beat({ ...parts.sign(), hub, at: clock.now() })
    // counted from before it was sent, so that it ends here before it ends there; on two clocks, because one of
    // them stands still while a machine sleeps. A beat less: between the look and the bytes a busy machine may take the core
    // away, and the others begin to act when the whole of it is over
    const sureMs = presence.ttlMs - presence.ttlMs / beatsPerTtl
    sureUntil = steady + sureMs
    wallUntil = wall + sureMs
    if (trouble !== null) judgeFrom = performance.now() + presence.ttlMs
    trouble = null
    hasJoined = true
  }

  async function once(): Promise<boolean> {
    cancel()
    try {
      await give()
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error)
      if (error instanceof LogError && error.code === 'locked' && !left && !mayPass()) {
        sureUntil = -Infinity
        parts.displaced(error)
      }
    }
    beating = null
    if (!left) cancel = clock.after(presence.ttlMs / beatsPerTtl, () => void beat())
    if (trouble === null) for (const listener of listeners) listener()
    return trouble === null
  }

  /** Whether what stands in the way of one that joins late may be the sign of its own last process. */
  function mayPass(): boolean {
    lockedSince ??= performance.now()
    return !hasJoined && performance.now() - lockedSince <= presence.ttlMs + graceMs
  }

  /** One sign at a time. */
  function beat(): Promise<boolean> {
    return left ? Promise.resolve(false) : (beating ??= once())
  }

  const from = performance.now()
  for (;;)
    try {
      await give()
      break
    } catch (error) {
      const inUse = error instanceof LogError && error.code === 'locked'
      if (performance.now() - from > (inUse ? presence.ttlMs + graceMs : parts.withinMs)) {
        if (!inUse && parts.late === true) {
          trouble = error instanceof Error ? error.message : String(error)
          break
        }
        await presence.close()
        throw error
      }
      await sleep(presence.ttlMs / beatsPerTtl)
    }
  cancel = clock.after(presence.ttlMs / beatsPerTtl, () => void beat())

  return {
    ttlMs: presence.ttlMs,
    hubs: () => alive,
    isSure: () => performance.now() < sureUntil && Date.now() < wallUntil,
    canJudge: () => trouble === null && performance.now() >= judgeFrom,
    trouble: () => trouble,
    onBeat(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    beat,
    async leave() {
      left = true
      cancel()
      await beating
      await presence.leave()
      await presence.close()
    },
  }
}
