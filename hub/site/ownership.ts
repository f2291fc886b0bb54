import type { Recorded } from '../../bus/entry.ts'
import { anywhere, bestHub, type Home } from '../../bus/lease/assign.ts'
import type { Membership } from '../../bus/lease/membership.ts'
import type { BusEvent, HeldLease } from '../../intents/event.ts'
import { macroLease, sealLease, type LeaseId } from '../../intents/id.ts'
import type { Lease, Leases } from '../../projections/leases.ts'

/** What this hub acts for, among the hubs of its site. */
export interface Ownership {
  /** Whether it has this lease, by the log as far as it is folded. */
  has(lease: LeaseId): boolean
  /** The fencing token that its attempts carry; undefined where the log has one hub. */
  token(lease: LeaseId): number | undefined
  /** Whether it may send at this moment. */
  isSure(): boolean
  /** The next entries that count, after they were folded. */
  apply(batch: readonly Recorded[]): void
  /** Looks now: what is wanted may have changed. */
  look(): void
  /** All that it has. */
  held(): readonly HeldLease[]
  /** What this hub had when it went alone, before a restart: it acts for these until it can ask again. */
  recall(leases: readonly HeldLease[]): void
  /** The log was folded anew: what another hub took meanwhile is lost. */
  rewound(): void
  /** Gives everything up, so that others need not wait. */
  close(): Promise<void>
}

export interface OwnershipParts {
  readonly hub: string
  readonly members: Membership
  /** Whether this hub is cut off from the log: it neither takes nor gives anything then. */
  alone(): boolean
  readonly leases: () => Leases
  /** What there is to act for, and where it is at home. */
  wanted(): ReadonlyMap<LeaseId, Home>
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
    apply: () => {},
    look: () => {},
    held: () => [],
    recall: () => {},
    rewound: () => {},
    close: () => Promise.resolve(),
  }
}

/**
 * Takes what this hub should have: what nobody has, and what a hub that is not alive any more has. Gives what another
 * should. A lease is an entry of the log, so two that take the same one need no lock: the log's order says who has it.
 */
export function openOwnership(parts: OwnershipParts): Ownership {
  const { hub, members } = parts
  /** Leases of this process: what it had before a restart it takes anew. */
  const held = new Set<LeaseId>()
  let looking: Promise<void> | null = null
  let again = false
  let closed = false

  const leaseOf = (lease: LeaseId): Lease | undefined => parts.leases().leases.get(lease)
  const has = (lease: LeaseId) => held.has(lease) && leaseOf(lease)?.hub === hub
  const isAlive = (name: string) => members.hubs().some((sign) => sign.hub === name)
  /** Those that may be given something. */
  const staying = () => members.hubs().flatMap((sign) => (sign.leaving ? [] : [sign.hub]))

  /** What should be this hub's now and is not. */
  function missing(names: readonly string[]): readonly BusEvent[] {
    return [...parts.wanted()].flatMap(([lease, home]): readonly BusEvent[] => {
      if (has(lease) || bestHub(lease, home, names) !== hub) return []
      const known = leaseOf(lease)
      const from = known?.hub ?? null
      const isOthers = from !== null && from !== hub
      if (isOthers && (isAlive(from) || !members.canJudge())) return []
      const detail =
        from === null ? 'nobody had it' : isOthers ? `${from} was gone` : 'it was this hub’s before'
      return [{ type: 'LeaseTaken', lease, token: (known?.token ?? 0) + 1, detail }]
    })
  }

  /** What is this hub's and should be another's that is alive, or nobody's. */
  function surplus(names: readonly string[]): readonly LeaseId[] {
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
    if (members.trouble() !== null || parts.alone()) return
    const names = staying()
    const take = missing(names)
    const give = surplus(names)
    if (take.length > 0) await parts.record(take)
    await parts.settle(new Set(give))
    if (give.length > 0 && !closed) await giveUp(give)
  }

  /** One look at a time; what is asked for meanwhile is one more. */
  function look(): void {
    if (closed) return
    if (looking !== null) {
      again = true
      return
    }
    looking = lookOnce()
      .catch(() => {}) // the log cannot be written: the next sign of life looks again
      .then(() => {
        looking = null
        if (!again) return
        again = false
        look()
      })
  }

  const offBeat = members.onBeat(look)

  return {
    has,
    token: (lease) => leaseOf(lease)?.token,
    isSure: () => members.isSure(),
    apply(batch) {
      const taken: LeaseId[] = []
      const lost: LeaseId[] = []
      let given = false
      let gap = false
      for (const { event, hub: by } of batch) {
        if (event.type === 'LeaseTaken' && by === hub) {
          // it was in doubt when the server went, and another hub's may stand before it
          if (parts.alone()) continue
          held.add(event.lease)
          taken.push(event.lease)
        } else if (event.type === 'LeaseTaken' || event.type === 'LeaseGiven') {
          if (held.delete(event.lease)) lost.push(event.lease)
          given ||= event.type === 'LeaseGiven' && by !== hub
        } else if (event.type === 'LogGap') {
          lost.push(...held)
          held.clear()
          gap = true
        }
      }
      if (lost.length > 0) parts.lost(lost)
      const kept = taken.filter(has)
      if (kept.length > 0) parts.taken(kept)
      // who gave it says with its sign of life whether it leaves: so that is asked for first
      if (given) void members.beat()
      if (gap) look()
    },
    look,
    held: () =>
      [...held].flatMap((lease): readonly HeldLease[] => {
        const known = leaseOf(lease)
        return known?.hub === hub ? [{ lease, token: known.token }] : []
      }),
    recall(leases) {
      for (const { lease } of leases) held.add(lease)
    },
    rewound() {
      const before = new Set(held)
      held.clear()
      for (const [lease, { hub: by }] of parts.leases().leases) if (by === hub) held.add(lease)
      const lost = [...before].filter((lease) => !held.has(lease))
      const taken = [...held].filter((lease) => !before.has(lease))
      if (lost.length > 0) parts.lost(lost)
      if (taken.length > 0) parts.taken(taken)
    },
    async close() {
      closed = true
      offBeat()
      await looking
      if (parts.alone()) return // the next start, or another hub, takes up what it has
      const mine = [...held].filter(has)
      await Promise.all([parts.settle(new Set(mine)), members.beat()])
      await giveUp(mine).catch(() => {}) // who cannot say so is gone for the others after a while
    },
  }
}

/** Everything that a hub of this config could act for. */
export function wantedOf(
  devices: ReadonlyMap<LeaseId, { readonly home: Home }>,
): ReadonlyMap<LeaseId, Home> {
  return new Map<LeaseId, Home>([
    [macroLease, anywhere],
    [sealLease, anywhere],
    ...[...devices].map(([id, { home }]): [LeaseId, Home] => [id, home]),
  ])
}
