import type { Recorded } from '../bus/entry.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

type PageTurned = Extract<BusEvent, { readonly type: 'PageTurned' }>

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

/** What records the pages of that hub's panels once more, the one that was turned last at the end. */
export function pagesAgain(state: Pages, hub: string): readonly PageTurned[] {
  return [...state].flatMap(([key, turned]) => {
    if (turned.hub !== hub) return []
    const space = key.indexOf(' ')
    const [surface, panel] = [key.slice(0, space), key.slice(space + 1)]
    return [{ type: 'PageTurned', surface, panel, page: turned.page } as const]
  })
}

function evolve(state: Pages, { hub, event }: Recorded): void {
  if (event.type !== 'PageTurned') return
  const key = panelKey(event.surface, event.panel)
  state.delete(key)
  state.set(key, { page: event.page, hub })
  const [oldest] = state.keys()
  if (state.size > mostPanels && oldest !== undefined) state.delete(oldest)
}
