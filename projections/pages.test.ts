import t from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { recorded } from './events.contract.ts'
import { pages, pagesAgain, panelKey, type Pages } from './pages.ts'

const turned = (panel: string, page: number): BusEvent => ({
  type: 'PageTurned',
  surface: 'boxes',
  panel,
  page,
})

function folded(events: readonly BusEvent[]): Pages {
  const state = pages.initial()
  for (const each of recorded(events)) pages.evolve(state, each)
  return state
}

void t.test('a panel is on the page that it was turned to last', async (t) => {
  const state = folded([turned('CL1', 2), turned('CL2', 3), turned('CL1', 4)])
  t.match(state.get(panelKey('boxes', 'CL1')), { page: 4, hub: 'hub-a' })
  t.match(state.get(panelKey('boxes', 'CL2')), { page: 3 })
  t.strictSame(pages.load(pages.save(state)), state, 'a snapshot keeps it')
})

void t.test('panels without end cost no memory: those turned last are kept', async (t) => {
  const state = folded(Array.from({ length: 5000 }, (_, i) => turned(`CL${i}`, 2)))
  t.equal(state.size, 4096)
  t.ok(state.has(panelKey('boxes', 'CL4999')) && !state.has(panelKey('boxes', 'CL0')))
})

void t.test('behind a gap of the log a hub says again where its own panels are', async (t) => {
  const [own, other] = [turned('CL 1', 2), turned('CL2', 3)]
  const before = pages.initial()
  for (const entry of recorded([own])) pages.evolve(before, entry)
  for (const entry of recorded([other])) pages.evolve(before, { ...entry, hub: 'hub-b' })
  t.strictSame(pagesAgain(before, 'hub-a'), [own])
  // the server lost all of it: a hub that starts behind the gap folds what was said again
  const after = folded(pagesAgain(before, 'hub-a'))
  t.match(after.get(panelKey('boxes', 'CL 1')), { page: 2, hub: 'hub-a' })
  t.equal(after.size, 1)
})
