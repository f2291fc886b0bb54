/**
 * So many are taken in one turn of the event loop, a quarter of what a turn reads from a socket (libuv reads 32 datagrams): what comes
 * faster waits here, by its source, and not in the kernel, which throws away whatever comes when its queue is full.
 */
const aTurn = 8
/** Two thirds of a second of the fastest sender. */
const mostWaiting = 32_768

/** What one source has sent, oldest first. */
interface Line<T> {
  readonly items: T[]
  /** Of the oldest that waits; those before it were taken. */
  next: number
}

/**
 * Takes what several sources send, a few each turn of the event loop and of each source in its turn, in the order in which it sent:
 * one that floods keeps only itself waiting. A source may let wait as many as there are places free, so it never takes the last of
 * them; the returned function says false for what had none, which is then to be counted.
 */
export function fairTurns<T>(
  take: (item: T) => void,
  limit = mostWaiting,
): (source: string, item: T) => boolean {
  /** In the order of their turns. */
  const lines = new Map<string, Line<T>>()
  let waiting = 0
  let taken = 0
  let scheduled = false

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(turn)
  }

  function turn(): void {
    scheduled = false
    taken = 0
    for (const [source, line] of lines) {
      if (taken === aTurn) break
      taken++
      waiting--
      lines.delete(source)
      const item = line.items[line.next++] as T
      if (line.next < line.items.length) lines.set(source, compact(line)) // behind the others
      take(item)
    }
    taken = 0
    if (waiting > 0) schedule()
  }

  return (source, item) => {
    if (waiting === 0 && taken < aTurn) {
      taken++
      schedule()
      take(item)
      return true
    }
    const line = lines.get(source)
    const own = line === undefined ? 0 : line.items.length - line.next
    if (own >= limit - waiting) return false
    if (line === undefined) lines.set(source, { items: [item], next: 0 })
    else line.items.push(item)
    waiting++
    schedule()
    return true
  }
}

/** Lets go of those that were taken, now and then: one by one it would move all the rest each time. */
function compact<T>(line: Line<T>): Line<T> {
  if (line.next < 1024 || line.next * 2 < line.items.length) return line
  return { items: line.items.slice(line.next), next: 0 }
}
