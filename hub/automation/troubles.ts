import type { BusEvent } from '../../intents/event.ts'
import type { Instant } from '../../intents/id.ts'
import type { TroubleView } from '../../surfaces/http/automation-view.ts'

/**
 * What triggers and schedules cannot listen to, or read: a broker that is away, a port that is taken, a file that may not be read.
 * Recorded when it begins and when it is over, by the hub that listens.
 */
export interface Troubles {
  /** `fault`: why it cannot be reached; null: it can. */
  tell(way: TroubleView['way'], name: string, fault: string | null): void
  of(way: TroubleView['way'], name: string): TroubleView | null
  all(): readonly TroubleView[]
  /** It is not listened to any more: whether it can be is nobody's business. */
  forget(ways: readonly TroubleView['way'][]): void
}

/** A text of a server or of the system, in a line. Characters. */
const maxDetail = 300

export function openTroubles(now: () => Instant, record: (event: BusEvent) => void): Troubles {
  const known = new Map<string, TroubleView>()
  const keyOf = (way: string, name: string) => `${way} ${name}`

  return {
    tell(way, name, fault) {
      const key = keyOf(way, name)
      const before = known.get(key)
      if (fault === null) {
        if (known.delete(key)) record({ type: 'ListenerChanged', way, name, up: true, detail: '' })
        return
      }
      const detail = fault.slice(0, maxDetail).toWellFormed()
      known.set(key, { way, name, detail, since: before?.since ?? now() })
      if (before === undefined) record({ type: 'ListenerChanged', way, name, up: false, detail })
    },
    of: (way, name) => known.get(keyOf(way, name)) ?? null,
    all: () => [...known.values()],
    forget(ways) {
      for (const [key, { way }] of known) if (ways.includes(way)) known.delete(key)
    },
  }
}

/** A broker's URL as people and the record may see it: without the password. What is a reference stays one. */
export function brokerName(url: string): string {
  if (!URL.canParse(url)) return url.replace(/\/\/[^@/]*@/, '//')
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
