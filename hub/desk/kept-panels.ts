import type { PanelConfig } from '../../config/config.ts'
import { panelKey } from '../../projections/pages.ts'
import type { Core } from '../compose.ts'
import { openTries, panelPatience, type Tries } from './pin.ts'
import { openThrottle } from '../throttle.ts'

/** What is kept of a panel while it is away. */
export interface KeptPanel {
  readonly tries: Tries
  /** When it left open, and whence it came; null: it was locked, or another took its place. */
  open: { readonly at: number; readonly host: string } | null
  /** The page that it showed last, also at another hub or before a restart; null: it never turned one. */
  page(): number | null
  /** It shows that page now, and is to find it when it comes back. */
  turned(page: number): void
}

/** The panels of one surface, by their identity. */
export interface KeptPanels {
  of(id: string): KeptPanel
  /** Records what waits to be. */
  close(): void
}

/** Identities of which something is kept in memory, the oldest forgotten first. */
const mostKept = 4096
/** A turned page is in the journal at once; the next of that panel a second later, with the newest: pages are leafed through. */
const windowMs = 1000
/** A cable that wobbles: a panel that was open and is back so soon, from the same address, is not locked. Milliseconds. */
const backSoonMs = 30_000

export function openKeptPanels(
  { clock, config, journal, room }: Core,
  surface: string,
): KeptPanels {
  const known = new Map<string, KeptPanel>()
  const record = openThrottle(clock, windowMs, (event) => journal.insist([event], 'lazy'))

  function begun(id: string): KeptPanel {
    const key = panelKey(surface, id)
    /** Newer than what is recorded by less than {@link windowMs}. */
    let shown: number | null = null
    return {
      tries: openTries(clock, panelPatience),
      open: null,
      page() {
        const recorded = room.pages.state.get(key)
        const isElsewhere = recorded !== undefined && recorded.hub !== config().hub
        return isElsewhere ? recorded.page : (shown ?? recorded?.page ?? null)
      },
      turned(page) {
        shown = page
        record.note(key, () => ({ type: 'PageTurned', surface, panel: id, page }))
      },
    }
  }

  return {
    of(id) {
      const kept = known.get(id) ?? begun(id)
      // to the end: the newest is forgotten last
      known.delete(id)
      known.set(id, kept)
      const [oldest] = known.keys()
      if (known.size > mostKept && oldest !== undefined) known.delete(oldest)
      return kept
    },
    close: () => record.close(),
  }
}

/** Whether it is the same panel at the same address, back in a moment; then it need not be unlocked again. */
export function isBackSoon({ open }: KeptPanel, source: string, now: number): boolean {
  return open !== null && open.host === hostOf(source) && now - open.at < backSoonMs
}

/** `satellite:127.0.0.1:4711` without its port: another one after each reconnect. */
export function hostOf(source: string): string {
  return source.replace(/:\d+$/, '')
}

/** The page that a panel begins with: what it showed, else what its config says, else the first it may use. */
export function startPage(kept: KeptPanel, its: PanelConfig, pages: readonly number[]): number {
  const [first = 1] = pages
  const wanted = [kept.page(), its.page].find((page) => page !== null && pages.includes(page))
  return wanted ?? first
}
