import type { Clock } from '../../bus/clock.ts'
import { join as joinSite, type Membership } from '../../bus/lease/membership.ts'
import type { HubSign, Presence } from '../../bus/lease/presence.ts'
import type { EventLog } from '../../bus/log.ts'
import type { Config } from '../../config/config.ts'
import { mayStartAlone, openJournal, startWithinMs, type Journal } from '../journal.ts'
import type { Opened } from './opened.ts'
import { openPresence } from './presence.ts'

/** What a hub stands on: its place among the hubs of its site, and the journal. */
export interface Footing {
  /** The other hubs of the site and this one; null where its log has one hub. */
  readonly members: Membership | null
  readonly journal: Journal
  readonly self: Self
}

/** What a hub says of itself with its signs of life, as far as it changes. */
export interface Self {
  /** Where its console is; '' before it has one. */
  url: string
  /** How long after its stamp the newest entry was folded. Milliseconds. */
  lagMs: number
  /** The newest entry it has folded; null while it starts. */
  position: () => string | null
  /** What it has sealed. */
  tree: () => NonNullable<HubSign['tree']> | null
}

export interface FootingParts {
  readonly config: Config
  readonly data: string
  readonly version: string
  readonly clock: Clock
  readonly opened: Opened
  /** In place of what the config says. */
  readonly log: EventLog | undefined
  readonly presence: Presence | undefined
  /** Another process goes by this hub's name. */
  readonly displaced: (why: Error) => void
}

/** @throws LogError where the site cannot be joined, or the journal cannot be opened */
export async function openFooting(parts: FootingParts): Promise<Footing> {
  const { config, data, clock, version, opened } = parts
  const startedAt = clock.now()
  const self: Self = { url: '', lagMs: 0, position: () => null, tree: () => null }
  const presence = parts.presence ?? (await openPresence(config))
  if (presence !== null) opened.add(() => presence.close())
  // before it reads where its own chain ends: nobody else may go on with it from here
  const late = await mayStartAlone(config, data)
  const openWithinMs = config.log.engine === 'redis' ? config.log.openWithinMs : 0
  const members =
    presence &&
    (await joinSite({
      clock,
      hub: config.hub,
      presence,
      withinMs: late ? Math.min(startWithinMs, openWithinMs) : openWithinMs,
      late,
      sign: () => ({
        url: self.url,
        version,
        startedAt,
        position: self.position(),
        lagMs: self.lagMs,
        leaving: opened.isClosing(),
        tree: self.tree(),
      }),
      displaced: parts.displaced,
    }))
  if (members !== null) opened.add(() => members.leave())
  const journal = await openJournal(config, data, clock, parts.log)
  opened.add(() => journal.close())
  return { members, journal, self }
}
