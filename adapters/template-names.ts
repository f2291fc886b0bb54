import type { Failure } from '../intents/failure.ts'
import { quoted } from './template.ts'

/** As many as a person reads at a glance. */
const shown = 5
/** Longer words are not compared letter by letter: they are hostile or no slip of the finger. */
const longestCompared = 64

/** The refusal of an action or path that the device does not have, with the ones that look like it. */
export function unknownName(
  what: 'action' | 'path',
  name: string,
  known: Iterable<string>,
): { readonly ok: false; readonly failure: Failure } {
  const near = nearest(name, [...known])
  const hint = near.length === 0 ? 'the config declares none' : `near: ${near.join(', ')}`
  const detail = `no ${what} ${quoted(name)}; ${hint}`.slice(0, 500)
  return { ok: false, failure: { code: 'not-found', reached: 'no', detail } }
}

/** The known names, the likest first. Runs only when a name was wrong. */
function nearest(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.slice(0, longestCompared).toLowerCase()
  return known
    .map((each) => ({
      each,
      far: distance(wanted, each.slice(0, longestCompared).toLowerCase()),
    }))
    .toSorted((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, shown)
    .map(({ each }) => each)
}

/** Letters to add, drop or change to make `a` of `b` (Levenshtein); two rows of the table are enough. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
