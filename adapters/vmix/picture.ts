import { sameJson, type Json } from '../../intents/json.ts'
import type { Known } from './expectation.ts'
import { byEveryName, type InputName, otherNames } from './input-names.ts'
import type { Snapshot } from './state.ts'
import { createWatches, type Watches } from './watches.ts'

type Change = readonly [path: string, value: Json]

/**
 * The link's picture of vMix, from pushes and from reads of the whole state. Each path carries when it was last seen,
 * on a counter of its own, so that a read that began before a push cannot undo it.
 */
export interface Picture extends Known {
  /** A new moment on the counter: take one before sending or reading. */
  moment(): number
  pushed(changes: readonly Change[]): void
  /** The whole state as it was read, by a read that began at `began`. */
  read(snapshot: Snapshot, began: number): void
  /** When the path was last seen; 0: never. */
  seenAt(path: string): number
  readonly watches: Watches
}

/** `report` hears of inputs by every name they have where `names` is set, and by their number else. */
export function createPicture(report: (path: string, value: Json) => void, names = true): Picture {
  const values = new Map<string, Json>()
  const seen = new Map<string, number>()
  const told = new Map<string, Json>()
  const watches = createWatches()
  let inputs: readonly InputName[] = []
  let others = otherNames(inputs)
  let lastRead: ReadonlySet<string> = new Set()
  let clock = 0

  const tell = (path: string, value: Json) => {
    if (told.has(path) && sameJson(told.get(path), value)) return
    told.set(path, value)
    report(path, value)
  }
  const allOf = (changes: readonly Change[]) => (names ? byEveryName(changes, others) : changes)

  return {
    values,
    watches,
    get inputs() {
      return inputs
    },
    moment: () => ++clock,
    pushed(changes) {
      const at = ++clock
      for (const [path, value] of changes) {
        seen.set(path, at)
        values.set(path, value)
        watches.seen(path, value, null)
      }
      for (const [path, value] of allOf(changes)) tell(path, value)
    },
    read(snapshot, began) {
      inputs = snapshot.inputs
      others = otherNames(inputs)
      for (const [path, value] of snapshot.values) {
        if ((seen.get(path) ?? 0) >= began) continue
        seen.set(path, began)
        values.set(path, value)
        watches.seen(path, value, began)
      }
      for (const path of watches.paths())
        if (!snapshot.values.has(path) && (seen.get(path) ?? 0) < began)
          watches.seen(path, undefined, began)
      for (const path of lastRead) {
        if (snapshot.values.has(path) || (seen.get(path) ?? 0) >= began) continue
        values.delete(path)
        seen.delete(path)
      }
      lastRead = new Set(snapshot.values.keys())
      const now = allOf([...values])
      for (const [path, value] of now) tell(path, value)
      // an input that is gone, or is called otherwise now: nobody is to read its old level
      const still = new Set(now.map(([path]) => path))
      for (const path of [...told.keys()])
        if (!still.has(path)) {
          told.delete(path)
          report(path, null)
        }
    },
    seenAt: (path) => seen.get(path) ?? 0,
  }
}
