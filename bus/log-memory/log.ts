import { timeOf as stampOf } from '../entry.ts'
import { type Durability, type EventLog, LogError, type Position, type Stored } from '../log.ts'

/**
 * A log that lives as long as its object, for tests. `timeOf`: as in the file log's options. `shared`: several hubs
 * of a test append to it. It keeps the port's promises but, of course, durability.
 */
export function openMemoryLog(
  timeOf: (body: string) => number = stampOf,
  shared = false,
): EventLog {
  const lines: Stored[] = []
  const waiting = new Set<() => void>()
  let isClosed = false

  const wake = () => {
    for (const woken of [...waiting]) woken()
  }
  const checkOpen = () => {
    if (isClosed) throw new LogError('closed', 'this log is closed; open it again')
  }
  const indexAfter = (after: Position | null) => {
    checkOpen()
    if (after === null) return 0
    if (/^[1-9]\d{0,15}$/.test(after) && Number(after) <= lines.length) return Number(after)
    throw new LogError('position', `'${after.slice(0, 40)}' is no position of this log`)
  }
  /** Until there may be more to see, or `signal` aborts. */
  const more = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const woken = () => {
        signal.removeEventListener('abort', woken)
        waiting.delete(woken)
        resolve()
      }
      signal.addEventListener('abort', woken)
      waiting.add(woken)
    })

  return {
    shared,
    async head() {
      checkOpen()
      return lines.at(-1)?.position ?? null
    },
    async append(bodies: readonly string[], _durability: Durability) {
      checkOpen()
      if (bodies.some((body) => body.includes('\n') || /\p{Surrogate}/u.test(body)))
        throw new TypeError('a body must have no line feed and no lone surrogate: it is one line')
      const positions = bodies.map((_, index) => String(lines.length + index + 1) as Position)
      for (const [index, position] of positions.entries())
        lines.push({ position, body: bodies[index] ?? '' })
      wake()
      return positions
    },
    async *read(after: Position | null, signal: AbortSignal) {
      for (const stored of lines.slice(indexAfter(after))) {
        if (signal.aborted) return
        yield stored
      }
    },
    async *follow(after: Position | null, signal: AbortSignal) {
      let next = indexAfter(after)
      while (!signal.aborted) {
        checkOpen()
        const batch = lines.slice(next)
        if (batch.length === 0) await more(signal)
        else {
          yield batch
          next += batch.length
        }
      }
    },
    async tail(count: number) {
      checkOpen()
      return lines.slice(Math.max(0, lines.length - Math.max(0, Math.floor(count))))
    },
    async before(at: number) {
      checkOpen()
      const first = lines.findIndex(({ body }) => timeOf(body) >= at)
      return (first === -1 ? lines.at(-1) : lines[first - 1])?.position ?? null
    },
    async find(needle: string, after: Position | null, signal: AbortSignal) {
      const rest = lines.slice(indexAfter(after))
      return signal.aborted ? null : (rest.find(({ body }) => body.includes(needle)) ?? null)
    },
    compare(a: Position, b: Position) {
      return Number(a) - Number(b)
    },
    async close() {
      isClosed = true
      wake()
    },
  }
}
