/** 100 ms: the Stream Deck app takes ten images a second of a key; what was overtaken meanwhile is never drawn. */
const paceMs = 100

/** Draws the newest of each key, at once where it was quiet, else when its turn comes. */
export function paced(draw: (key: string, image: string) => void) {
  const shown = new Map<string, string>()
  const waiting = new Map<string, string>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  function turn(key: string): void {
    const image = waiting.get(key)
    waiting.delete(key)
    if (image === undefined || image === shown.get(key)) return void timers.delete(key)
    shown.set(key, image)
    timers.set(
      key,
      setTimeout(() => turn(key), paceMs),
    )
    draw(key, image)
  }

  return {
    show(key: string, image: string): void {
      waiting.set(key, image)
      if (!timers.has(key)) turn(key)
    },
    forget(key: string): void {
      clearTimeout(timers.get(key))
      timers.delete(key)
      waiting.delete(key)
      shown.delete(key)
    },
  }
}
