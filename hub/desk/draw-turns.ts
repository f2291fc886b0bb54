/** Begins one drawing; whether there is another one to begin. MUST NOT throw. */
export type BeginDraw = () => boolean

/**
 * Turns at drawing, for all panels of a hub together: a change that a thousand of them show is drawn a few at a time, and
 * between them presses are heard.
 */
export interface DrawTurns {
  /** Calls it when it is its turn, and again while it says that there is more. Never in the caller's own turn. */
  ask(begin: BeginDraw): void
  /** Forgets it. */
  drop(begin: BeginDraw): void
}

/** Drawings begun between two looks at what came in: each is some 50 us, so a press waits for less than half a millisecond. */
const mostATurn = 8

export function openDrawTurns(): DrawTurns {
  const asking = new Set<BeginDraw>()
  let scheduled: NodeJS.Immediate | null = null

  function schedule(): void {
    if (asking.size > 0) scheduled ??= setImmediate(turn)
  }

  function turn(): void {
    scheduled = null
    let left = mostATurn
    for (const begin of asking) {
      if (left-- === 0) break
      asking.delete(begin)
      // to the end: everybody has a turn before the first has another
      if (begin()) asking.add(begin)
    }
    schedule()
  }

  return {
    ask(begin) {
      asking.add(begin)
      schedule()
    },
    drop: (begin) => void asking.delete(begin),
  }
}
