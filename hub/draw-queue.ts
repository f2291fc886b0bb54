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
  draw: (control: Control) => Promise<void>,
): DrawQueue<Control> {
  const waiting = new Set<Control>()
  const busy = new Set<Control>()
  let scheduled: NodeJS.Immediate | null = null
  let rest: (() => void)[] = []
  let closed = false

  function schedule(): void {
    if (!closed) scheduled ??= setImmediate(pump)
  }

  function pump(): void {
    scheduled = null
    for (const control of waiting) {
      if (busy.size >= mostAtOnce) return
      if (busy.has(control)) continue
      waiting.delete(control)
      busy.add(control)
      void drawn(control)
    }
  }

  async function drawn(control: Control): Promise<void> {
    try {
      await draw(control)
    } catch {
      // a panel that is gone says so by leaving; one that could not draw this is drawn again with the next change
    }
    busy.delete(control)
    if (waiting.size > 0) schedule()
    else if (busy.size === 0) {
      for (const done of rest) done()
      rest = []
    }
  }

  return {
    want(control) {
      if (closed) return
      waiting.add(control)
      schedule()
    },
    idle: () =>
      waiting.size === 0 && busy.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => rest.push(resolve)),
    close() {
      closed = true
      waiting.clear()
      if (scheduled !== null) clearImmediate(scheduled)
      scheduled = null
      if (busy.size > 0) return
      for (const done of rest) done()
      rest = []
    },
  }
}
