/** What ends a program before it is done. */
export type Cut = 'deadline' | 'closed' | 'timeout'

/** Whatever comes first that ends a program before it is done. */
export function cutOff(signal: AbortSignal, closing: AbortSignal, withinMs: number) {
  let cancel = () => {}
  const promise = new Promise<Cut>((resolve) => {
    const late = () => resolve('deadline')
    const closed = () => resolve('closed')
    const timer = setTimeout(() => resolve('timeout'), withinMs)
    signal.addEventListener('abort', late)
    closing.addEventListener('abort', closed)
    cancel = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', late)
      closing.removeEventListener('abort', closed)
    }
  })
  return { promise, cancel: () => cancel() }
}
