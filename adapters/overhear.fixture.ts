/** What a piece of code writes where people and log collectors read it. */
export interface Overheard {
  readonly said: readonly string[]
  stop(): void
}

/** Listens to the standard error and to `console`; the standard output itself is the test runner's. */
export function overhear(): Overheard {
  const said: string[] = []
  const { stderr } = process
  const write = stderr.write
  const { log, info, debug } = console
  const hear = (...words: readonly unknown[]) => void said.push(words.map(String).join(' '))
  stderr.write = (text: unknown) => {
    hear(text)
    return true
  }
  Object.assign(console, { log: hear, info: hear, debug: hear })
  return {
    said,
    stop() {
      stderr.write = write
      Object.assign(console, { log, info, debug })
    },
  }
}
