import type { Clock } from '../clock.ts'
import { LogError } from '../log.ts'
import type { HubSign, Presence } from './presence.ts'

/** Signs of life that live as long as this object, for hubs of one process: those of tests. */
export function memorySite(clock: Clock, ttlMs: number) {
  const signs = new Map<string, { readonly owner: object; readonly sign: HubSign; until: number }>()
  const cut = new Set<string>()
  return {
    /** The one hub cannot reach the others, or can again. */
    cut: (hub: string, off: boolean) => void (off ? cut.add(hub) : cut.delete(hub)),
    join(): Presence {
      const owner = {}
      let mine: string | null = null
      return {
        ttlMs,
        async beat(sign) {
          if (cut.has(sign.hub)) throw new LogError('io', 'cut off')
          const now = clock.now()
          const known = signs.get(sign.hub)
          if (known !== undefined && known.owner !== owner && known.until > now)
            throw new LogError('locked', `a hub ${sign.hub} is alive: give this one another name`)
          mine = sign.hub
          signs.set(sign.hub, { owner, sign, until: now + ttlMs })
          return [...signs.values()].filter(({ until }) => until > now).map(({ sign }) => sign)
        },
        async leave() {
          if (mine !== null) signs.delete(mine)
        },
        close: () => Promise.resolve(),
      }
    },
  }
}
