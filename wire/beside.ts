/**
 * Waits for work or for `lasting`, whichever is first, as Promise.race does. But nothing stays at `lasting`, which lives as long as a link:
 * a race leaves there what it was decided by, each time, until `lasting` settles.
 */
export function beside<T>(lasting: Promise<T>): <U>(work: Promise<U>) => Promise<T | U> {
  const waiting = new Set<(end: Promise<T>) => void>()
  let over = false
  const end = () => {
    over = true
    for (const each of waiting) each(lasting)
    waiting.clear()
  }
  lasting.then(end, end)
  return <U>(work: Promise<U>) =>
    new Promise<T | U>((resolve, reject) => {
      if (over) resolve(lasting)
      else waiting.add(resolve)
      const first =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          waiting.delete(resolve)
          settle(value)
        }
      work.then(first(resolve), first(reject))
    })
}
