import type { Recorded } from '../bus/entry.ts'
import type { Clock } from '../bus/clock.ts'
import { anywhere, bestHub, type Home } from '../bus/lease/assign.ts'
import type { HubSign, Presence } from '../bus/lease/presence.ts'
import type { BusEvent } from '../intents/event.ts'
import { macroLease, type LeaseId } from '../intents/id.ts'
import type { Lease, Leases } from '../projections/leases.ts'

/** What this hub acts for, among the hubs of its site. */
export interface Ownership {
  /** Whether it has this lease, by the log as far as it is folded. */
  has(lease: LeaseId): boolean
  /** The fencing token that its attempts carry; undefined where the log has one hub. */
  token(lease: LeaseId): number | undefined
  /** Whether it may send at this moment: its last sign of life still counts. A hub that wakes up is not sure of that. */
  isSure(): boolean
  /** The hubs that were alive when last asked, this one among them. */
  hubs(): readonly HubSign[]
  /** Why it cannot say that it is alive; null while it can. */
  trouble(): string | null
  /** The next entries that count, after they were folded. */
  apply(batch: readonly Recorded[]): void
  /** Looks now: what is wanted may have changed. */
  look(): void
  /** Gives everything up, so that others need not wait. */
  close(): Promise<void>
}

export interface OwnershipParts {
  readonly clock: Clock
  readonly hub: string
  readonly presence: Presence
  readonly leases: () => Leases
  /** What there is to act for, and where it is at home. */
  wanted(): ReadonlyMap<LeaseId, Home>
  sign(): Omit<HubSign, 'hub' | 'at'>
  record(events: readonly BusEvent[]): Promise<unknown>
  /** This hub has it from now on: the log is folded up to that. */
  taken(leases: readonly LeaseId[]): void
  /** Another hub has it, or this one gave it up: nothing more is sent. */
  lost(leases: readonly LeaseId[]): void
  /** Begins nothing more for these, and for these only; resolves when nothing of them is under way. */
  settle(leases: ReadonlySet<LeaseId>): Promise<void>
}

/** The only hub of its log has everything, always. */
export function ownsAll(): Ownership {
  return {
    has: () => true,
    token: () => undefined,
    isSure: () => true,
    hubs: () => [],
    trouble: () => null,
    apply: () => {},
    look: () => {},
    close: () => Promise.resolve(),
  }
}

/** Signs of life for each of their lifetimes: two may be lost, and a hub that is gone is seen within a sixth of it. */
const beatsPerTtl = 6

/**
 * Keeps this hub alive in the eyes of the others and takes what it should have: what nobody has, and what a hub that is
 * not alive any more has. A lease is an entry of the log, so two that take the same one need no lock.
 */
export function openOwnership(parts: OwnershipParts): Ownership {
  const { clock, hub, presence } = parts
  /** Leases of this process: what it had before a restart it takes anew. */
  const held = new Set<LeaseId>()
  let alive: readonly HubSign[] = []
  let sureUntil = -Infinity
  let wallUntil = -Infinity
  /** Before this the others' signs may be missing because the server lost them. */
  let judgeFrom = -Infinity
  let trouble: string | null = 'no sign of life was given yet'
  let looking: Promise<void> | null = null
  let again = false
  let closed = false
  let cancel = () => {}

  const leaseOf = (lease: LeaseId): Lease | undefined => parts.leases().leases.get(lease)
  const has = (lease: LeaseId) => held.has(lease) && leaseOf(lease)?.hub === hub

  async function beat(): Promise<boolean> {
    const steady = performance.now()
    const wall = Date.now()
    try {
      alive = await presence.beat({ ...parts.sign(), hub, at: clock.now() })
      // counted from before it was sent, so that it ends here before it ends there; on two clocks, because one of
      // them stands still while a machine sleeps
      sureUntil = steady + presence.ttlMs
      wallUntil = wall + presence.ttlMs
      if (trouble !== null) judgeFrom = performance.now() + presence.ttlMs
      trouble = null
      return true
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error)
      return false
    }
  }

  /** What should be this hub's now and is not. */
  function missing(): readonly BusEvent[] {
    const names = alive.map((sign) => sign.hub)
    return [...parts.wanted()].flatMap(([lease, home]): readonly BusEvent[] => {
      if (has(lease) || bestHub(lease, home, names) !== hub) return []
      const known = leaseOf(lease)
      const from = known?.hub ?? null
      const isGone = from !== null && from !== hub && !names.includes(from)
      if (from !== null && from !== hub && !(isGone && performance.now() >= judgeFrom)) return []
      const detail =
        from === null ? 'nobody had it' : isGone ? `${from} was gone` : 'it was this hub’s before'
      return [{ type: 'LeaseTaken', lease, token: (known?.token ?? 0) + 1, detail }]
    })
  }

  /** What is this hub's and should be another's that is alive. */
  function surplus(): readonly LeaseId[] {
    const names = alive.map((sign) => sign.hub)
    const wanted = parts.wanted()
    return [...held].filter((lease) => {
      const home = wanted.get(lease)
      if (!has(lease) || home === undefined) return home === undefined
      const best = bestHub(lease, home, names)
      return best !== null && best !== hub
    })
  }

  async function giveUp(leases: readonly LeaseId[]): Promise<void> {
    const events = leases.flatMap((lease): readonly BusEvent[] => {
      const known = leaseOf(lease)
      return known?.hub === hub ? [{ type: 'LeaseGiven', lease, token: known.token }] : []
    })
    if (events.length > 0) await parts.record(events)
  }

  async function lookOnce(): Promise<void> {
    if (!(await beat()) || closed) return
    const take = missing()
    const give = surplus()
    if (take.length > 0) await parts.record(take)
    await parts.settle(new Set(give))
    if (give.length > 0 && !closed) await giveUp(give)
  }

  /** One look at a time; what is asked for meanwhile is one more. */
  function look(): void {
    if (closed) return
    cancel()
    if (looking !== null) {
      again = true
      return
    }
    looking = lookOnce()
      .catch(() => {}) // the log cannot be written: the next look tries again
      .then(() => {
        looking = null
        if (closed) return
        if (again) {
          again = false
          look()
        } else cancel = clock.after(presence.ttlMs / beatsPerTtl, look)
      })
  }

  return {
    has,
    token: (lease) => leaseOf(lease)?.token,
    isSure: () => performance.now() < sureUntil && Date.now() < wallUntil,
    hubs: () => alive,
    trouble: () => trouble,
    apply(batch) {
      const taken: LeaseId[] = []
      const lost: LeaseId[] = []
      for (const { event, hub: by } of batch) {
        if (event.type === 'LeaseTaken' && by === hub) {
          held.add(event.lease)
          taken.push(event.lease)
        } else if (event.type === 'LeaseTaken' || event.type === 'LeaseGiven') {
          if (held.delete(event.lease)) lost.push(event.lease)
          if (event.type === 'LeaseGiven' && by !== hub) look()
        }
      }
      if (lost.length > 0) parts.lost(lost)
      const kept = taken.filter(has)
      if (kept.length > 0) parts.taken(kept)
    },
    look,
    async close() {
      closed = true
      cancel()
      await looking
      const mine = [...held].filter(has)
      await parts.settle(new Set(mine))
      await giveUp(mine).catch(() => {}) // who cannot say so is gone for the others after a while
      await presence.leave()
      await presence.close()
    },
  }
}

/** Everything that a hub of this config could act for. */
export function wantedOf(
  devices: ReadonlyMap<LeaseId, { readonly home: Home }>,
): ReadonlyMap<LeaseId, Home> {
  return new Map<LeaseId, Home>([
    [macroLease, anywhere],
    ...[...devices].map(([id, { home }]): [LeaseId, Home] => [id, home]),
  ])
}
