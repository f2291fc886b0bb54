/** A deck that comes and goes: more often than hands can plug it is looked at no more. Milliseconds. */
const settleMs = 500

/** Follows which deck is at a dock, by its port. */
export interface Behind {
  /** null: none is there. */
  want(port: number | null): void
  close(): void
}

/** `start` is told of a port that is to be connected to, and answers with what ends that; never twice within half a second. */
export function followBehind(start: (port: number) => () => void): Behind {
  let wanted: number | null = null
  let held: number | null = null
  let stop = () => {}
  let timer: ReturnType<typeof setTimeout> | null = null

  function apply(): void {
    timer = null
    if (wanted === held) return
    stop()
    held = wanted
    stop = held === null ? () => {} : start(held)
  }

  return {
    want(port) {
      wanted = port
      timer ??= setTimeout(apply, settleMs)
    },
    close() {
      if (timer !== null) clearTimeout(timer)
      stop()
    },
  }
}
