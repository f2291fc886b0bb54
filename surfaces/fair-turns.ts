/** So many at least are taken in one turn of the event loop: what hands can press is taken at once. */
const leastATurn = 8
/** What waits at most. */
const mostWaiting = 32_768

/** What one source has sent, oldest first. */
interface Line<T> {
  readonly items: T[]
  /** Of the oldest that waits; those before it were taken. */
  next: number
}

/**
 * Takes what several sources send, some each turn of the event loop and of each source in its turn, in the order in which it sent: one
 * that floods keeps only itself waiting. In a turn it takes for as long as all else took since the last, so that a socket is read faster than
 * it is flooded: what waits does so here, and not in the kernel, which throws away whatever comes when its queue is full.
 *
 * A source may let wait as many as there are places free, so it never takes the last of them; the returned function says false for
 * what had none, which is then to be counted.
 *
 * @param now milliseconds
 */
export function fairTurns<T>(
  take: (item: T) => void,
  limit = mostWaiting,
  now: () => number = () => performance.now(),
): (source: string, item: T) => boolean {
  /** In the order of their turns. */
  const lines = new Map<string, Line<T>>()
  let waiting = 0
  let taken = 0
  let scheduled = false
  let endedAt = now()

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(turn)
  }

  function turn(): void {
    scheduled = false
    taken = 0
    const began = now()
    const until = began + (began - endedAt)
    for (const [source, line] of lines) {
      if (++taken > leastATurn && now() >= until) break
      waiting--
      lines.delete(source)
      const item = line.items[line.next++] as T
      if (line.next < line.items.length) lines.set(source, compact(line)) // behind the others
      take(item)
    }
    taken = 0
    endedAt = now()
    if (waiting > 0) schedule()
  }

  return (source, item) => {
    if (waiting === 0 && taken < leastATurn) {
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
