import type { Recorded } from '../bus/entry.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** The page that a panel was turned to last, and the hub that it was at. */
export interface TurnedPage {
  readonly page: number
  readonly hub: string
}

/** By {@link panelKey}; the panel that was turned last is the last. */
export type Pages = Map<string, TurnedPage>

/** Panels of a site whose page is kept: anybody may call itself a panel, and the one that was turned longest ago is forgotten. */
const mostPanels = 4096

export const pages: Projection<Pages> = {
  name: 'pages',
  version: 1,
  initial: () => new Map(),
  evolve,
  save: (state) => [...state] as unknown as readonly Json[], // nothing but JSON
  load: (saved) => new Map(saved as unknown as [string, TurnedPage][]),
}

/** A panel of a surface; no name of a surface has a space. */
export function panelKey(surface: string, panel: string): string {
  return `${surface} ${panel}`
}

function evolve(state: Pages, { hub, event }: Recorded): void {
  if (event.type !== 'PageTurned') return
  const key = panelKey(event.surface, event.panel)
  state.delete(key)
  state.set(key, { page: event.page, hub })
  const [oldest] = state.keys()
  if (state.size > mostPanels && oldest !== undefined) state.delete(oldest)
}
