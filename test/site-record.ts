import { createHash } from 'node:crypto'
import type { Test } from 'tap'
import type { Server } from '../bus/log-redis/server.fixture.ts'
import { endOf } from '../intents/end.ts'
import type { BusEvent } from '../intents/event.ts'
import type { HubProcess } from './hub-process.ts'
import type { Life, RawEntry } from './record.ts'
import { site } from './site.ts'

// The record of a site as it stands in Redis: read with XRANGE, and judged by rules written down a second time, so that
// a mistake in the hub's own reader or rule does not hide itself.

export interface SiteEntry extends RawEntry {
  readonly hub: string
  readonly hseq: number
  readonly hprev: string
  readonly body: string
}

/** Every entry of the site, in the order of the stream. */
export async function siteEntries(server: Pick<Server, 'ask'>): Promise<readonly SiteEntry[]> {
  const reply = await server.ask('XRANGE', `if:{${site}}:journal`, '-', '+')
  const commits = reply as readonly (readonly [string, readonly [string, string]])[] // as Redis answers
  return commits
    .filter(([, [tag]]) => tag !== 'gap')
    .flatMap(([, [, bodies]]) => bodies.split('\n'))
    .map((body) => ({ ...(JSON.parse(body) as Omit<SiteEntry, 'body'>), body })) // a hub wrote it
}

/** Where a hub's chain does not follow itself; none is right, and where a server lost entries one for each hub. */
export function chainFaults(entries: readonly SiteEntry[]): readonly string[] {
  const tips = new Map<string, { readonly hseq: number; readonly hash: string }>()
  return entries.flatMap(({ hub, hseq, hprev, body }) => {
    const tip = tips.get(hub) ?? { hseq: 0, hash: `${'A'.repeat(43)}=` }
    tips.set(hub, { hseq, hash: createHash('sha256').update(body).digest('base64') })
    return hseq === tip.hseq + 1 && hprev === tip.hash ? [] : [`${hub} ${tip.hseq} → ${hseq}`]
  })
}

/** What the record holds of one intent, and who sent it under which token. */
export interface SiteLife extends Life {
  /** Attempts that count: `hub token`. */
  readonly tries: readonly string[]
  /** Attempts that a hub recorded for a device that another had by then: none of them may be sent. */
  readonly stale: readonly string[]
  /** All that is recorded of it, a line for each entry. */
  readonly story: readonly string[]
}

/** The lives of all intents by the site's rule: the first acceptance, the first end, and no hub without its lease. */
export function siteLives(entries: readonly SiteEntry[]): ReadonlyMap<string, SiteLife> {
  const lives = new Map<string, SiteLife>()
  const owners = new Map<string, { readonly hub: string | null; readonly token: number }>()
  const change = (id: string, how: (life: SiteLife) => Partial<SiteLife>) => {
    const life = lives.get(id)
    if (life !== undefined) lives.set(id, { ...life, ...how(life) })
  }
  const mayAct = (id: string, hub: string) => {
    const intent = lives.get(id)?.submission.intent
    const owner = intent !== undefined && 'device' in intent ? owners.get(intent.device) : undefined
    return owner === undefined || owner.hub === hub
  }
  for (const [place, { hub, at, event }] of entries.entries()) {
    // what the log has lost may have been leases: all are free, under whatever token
    if (event.type === 'LogGap') for (const lease of owners.keys()) owners.set(lease, nobody)
    if (event.type === 'LeaseTaken' && event.token > (owners.get(event.lease)?.token ?? 0))
      owners.set(event.lease, { hub, token: event.token })
    if (event.type === 'LeaseGiven' && owners.get(event.lease)?.hub === hub)
      owners.set(event.lease, { hub: null, token: event.token })
    if (event.type === 'IntentAccepted' || event.type === 'IntentRefused') {
      const { submission } = event
      if (!lives.has(submission.id))
        lives.set(submission.id, {
          ...newLife,
          submission,
          accepted: event.type !== 'IntentRefused',
        })
    }
    if (event.type === 'AttemptStarted') {
      const { intent, token = 0 } = event
      const isOwner = mayAct(intent, hub)
      change(intent, ({ tries, stale, attempts, ends }) =>
        isOwner && ends.length === 0
          ? { tries: [...tries, `${hub} ${token}`], attempts: attempts + 1 }
          : { stale: [...stale, `${hub} ${token}`] },
      )
    }
    end(event, hub)
    const id = 'submission' in event ? event.submission.id : 'intent' in event ? event.intent : ''
    change(id, ({ story }) => ({
      story: [...story, `${place} ${at} ${hub} ${JSON.stringify(event).slice(0, 400)}`],
    }))
  }
  return lives

  function end(event: BusEvent, hub: string): void {
    const ended = endOf(event)
    if (ended === null) return
    // of a failure only the owner's word counts, or his who tried: whoever delivered it has delivered it
    if (event.type === 'AttemptFailed' && !mayAct(ended.intent, hub)) {
      const last = lives.get(ended.intent)?.tries.at(-1) ?? ''
      if (!last.startsWith(`${hub} `)) return
    }
    change(ended.intent, ({ ends }) =>
      ends.length > 0
        ? {}
        : {
            ends: [ended.outcome],
            failure: 'failure' in event ? event.failure : null,
            by: event.type === 'IntentEnded' ? event.by : null,
          },
    )
  }
}

const nobody = { hub: null, token: 0 } as const
const newLife = {
  ends: [],
  failure: null,
  by: null,
  attempts: 0,
  tries: [],
  stale: [],
  story: [],
} as const

export interface SiteAudit {
  readonly entries: readonly SiteEntry[]
  readonly lives: ReadonlyMap<string, SiteLife>
  /** Acknowledged intents that are not recorded, and recorded ones without an outcome. */
  readonly lost: number
}

/**
 * The promises about a site's record: each acknowledged intent is recorded, each recorded one has an outcome, the hub
 * that is left says the same of it, and every chain is whole by the hub's word and by our own reading.
 */
export async function auditSite(
  t: Test,
  server: Pick<Server, 'ask'>,
  hub: HubProcess,
  acknowledged: Iterable<string>,
): Promise<SiteAudit> {
  const entries = await siteEntries(server)
  const lives = siteLives(entries)
  const lost = [...acknowledged].filter((id) => lives.get(id)?.accepted !== true)
  t.same(lost, [], 'every acknowledged intent is recorded')
  const open = [...lives].filter(([, { ends }]) => ends.length === 0)
  t.same(
    open.map(([id, { submission }]) => ({ id, intent: submission.intent })),
    [],
    'every recorded intent has an outcome',
  )
  t.same(chainFaults(entries), [], 'every chain is whole')
  const { body } = await hub.post('/api/v1/witness/verify')
  t.match(body, { ok: true }, 'the witness finds the record good')
  return { entries, lives, lost: lost.length + open.length }
}
