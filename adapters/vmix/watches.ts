import type { Json } from '../../intents/json.ts'
import { meets, type Expectation } from './expectation.ts'

/** Waits to see what a function that is being sent is to lead to. */
export interface Watch {
  /** What has not been seen yet; undefined: nothing. */
  readonly missing: Expectation | undefined
  /** Some of it was never seen, because a later function about the same path was seen first. */
  readonly passed: boolean
  /** vMix said OK, at this moment of the picture: a state that is read from now on shows it. */
  answered(moment: number): void
  close(): void
}

export interface Watches {
  open(expectations: readonly Expectation[]): Watch
  /** A path was seen, by a push or, with the moment at which it began, by a read; undefined: it is not there. */
  seen(path: string, value: Json | undefined, readBegan: number | null): void
  /** The paths that somebody waits to see. */
  paths(): ReadonlySet<string>
}

/** A class, because one is made for every press: its members are made once. */
class Entry implements Watch {
  readonly left: Set<Expectation>
  answeredAt = Number.POSITIVE_INFINITY
  passed = false
  readonly #all: Set<Entry>

  /** @param all in which it stands until it is closed */
  constructor(expectations: readonly Expectation[], all: Set<Entry>) {
    this.left = new Set(expectations)
    this.#all = all
    all.add(this)
  }

  get missing(): Expectation | undefined {
    const [first] = this.left
    return first
  }

  answered(moment: number): void {
    this.answeredAt = moment
  }

  close(): void {
    this.#all.delete(this)
  }
}

/** Functions are sent side by side, so what one of them led to may be gone before the next look: it is noted as it is seen. */
export function createWatches(): Watches {
  // in the order they were sent
  const entries = new Set<Entry>()

  /** vMix does one after the other: what comes before one that was seen is over. */
  const pass = (path: string, by: Entry) => {
    for (const entry of entries) {
      if (entry === by) return
      for (const one of entry.left)
        if (one.path === path && entry.left.delete(one)) entry.passed = true
    }
  }

  return {
    open: (expectations) => new Entry(expectations, entries),
    seen(path, value, readBegan) {
      for (const entry of entries) {
        if (readBegan !== null && readBegan < entry.answeredAt) continue
        for (const one of entry.left) {
          if (one.path !== path || !meets(one, value)) continue
          entry.left.delete(one)
          pass(path, entry)
        }
      }
    },
    paths: () => new Set([...entries].flatMap(({ left }) => [...left].map(({ path }) => path))),
  }
}
