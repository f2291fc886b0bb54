import { sameJson, type Json } from '../../intents/json.ts'
import { meets, type Expectation, type Known } from './confirm.ts'
import type { InputName, Snapshot } from './state.ts'

/**
 * The link's picture of vMix, from pushes and from reads of the whole state. Each path carries when it was last seen,
 * on a counter of its own, so that only what was seen after a function was sent can confirm it, and a read that began
 * before a push cannot undo it.
 */
export interface Picture extends Known {
  /** A new moment on the counter: take one before sending or reading. */
  moment(): number
  pushed(changes: readonly (readonly [path: string, value: Json])[]): void
  /** The whole state as it was read, by a read that began at `began`. */
  read(snapshot: Snapshot, began: number): void
  /** Whether it was seen, after `since`, to be as expected. */
  shows(expectation: Expectation, since: number): boolean
}

export function createPicture(report: (path: string, value: Json) => void): Picture {
  const values = new Map<string, Json>()
  const seen = new Map<string, number>()
  let inputs: readonly InputName[] = []
  let lastRead: ReadonlySet<string> = new Set()
  let readAt = 0
  let now = 0

  const put = (path: string, value: Json, at: number) => {
    seen.set(path, at)
    if (values.has(path) && sameJson(values.get(path), value)) return
    values.set(path, value)
    report(path, value)
  }

  return {
    values,
    get inputs() {
      return inputs
    },
    moment: () => ++now,
    pushed: (changes) => {
      const at = ++now
      for (const [path, value] of changes) put(path, value, at)
    },
    read: (snapshot, began) => {
      inputs = snapshot.inputs
      readAt = began
      for (const [path, value] of snapshot.values)
        if ((seen.get(path) ?? 0) < began) put(path, value, began)
      for (const path of lastRead) {
        if (snapshot.values.has(path) || (seen.get(path) ?? 0) >= began) continue
        // an input that is gone: nobody is to read its old level
        if (values.delete(path)) report(path, null)
        seen.delete(path)
      }
      lastRead = new Set(snapshot.values.keys())
    },
    shows: (expectation, since) =>
      // what a read does not hold was seen to be absent by it
      (seen.get(expectation.path) ?? readAt) > since &&
      meets(expectation, values.get(expectation.path)),
  }
}
