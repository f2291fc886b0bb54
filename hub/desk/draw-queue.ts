import type { DrawTurns } from './draw-turns.ts'

/** What is to be drawn of one panel: only the newest of each control, whatever changes while the device is busy. */
export interface DrawQueue<Control> {
  /** Draws it soon, as it is then. Never in the caller's own turn: drawing must not delay a press. */
  want(control: Control): void
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
  /** Nothing is begun any more. */
  close(): void
}

/** So many controls at once: enough to keep a line busy, few enough that the newest are not late. */
const mostAtOnce = 8

/** `draw` looks up what to draw when it is its turn. What it throws or rejects with is dropped: the next change draws again. */
export function openDrawQueue<Control>(
  turns: DrawTurns,
  draw: (control: Control) => Promise<void>,
): DrawQueue<Control> {
  const waiting = new Set<Control>()
  const busy = new Set<Control>()
  let rest: (() => void)[] = []
  let closed = false

  /** The first that waits and is not being drawn; undefined where there is none, or where enough are under way. */
  function next(): Control | undefined {
    if (busy.size >= mostAtOnce) return undefined
    for (const control of waiting) if (!busy.has(control)) return control
    return undefined
  }

  function begin(): boolean {
    const control = next()
    if (control === undefined) return false
    waiting.delete(control)
    busy.add(control)
    void drawn(control)
    return next() !== undefined
  }

  async function drawn(control: Control): Promise<void> {
    try {
      await draw(control)
    } catch {
      // a panel that is gone says so by leaving; one that could not draw this is drawn again with the next change
    }
    busy.delete(control)
    if (waiting.size > 0) turns.ask(begin)
    else if (busy.size === 0) {
      for (const done of rest) done()
      rest = []
    }
  }

  return {
    want(control) {
      if (closed) return
      waiting.add(control)
      turns.ask(begin)
    },
    idle: () =>
      waiting.size === 0 && busy.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => rest.push(resolve)),
    close() {
      closed = true
      waiting.clear()
      turns.drop(begin)
      if (busy.size > 0) return
      for (const done of rest) done()
      rest = []
    },
  }
}
