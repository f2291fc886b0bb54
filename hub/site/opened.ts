/** What has been opened so far. It is closed the same way by who could not open the rest as by who ends with all of it. */
export interface Opened {
  /** Just opened: `close` is told why it ends. What is opened on the way to something else MUST be added at once. */
  add(close: (why: string) => unknown): void
  /** Whether it is being closed, or was. */
  isClosing(): boolean
  /**
   * Closes all of it, the newest first, and each of it although another could not be. Idempotent.
   * @throws what the first of those threw
   */
  close(why: string): Promise<void>
}

export function nothingOpened(): Opened {
  const all: ((why: string) => unknown)[] = []
  let closed: Promise<void> | null = null

  async function close(why: string): Promise<void> {
    const wrong: unknown[] = []
    for (let next = all.pop(); next !== undefined; next = all.pop())
      try {
        await next(why)
      } catch (cause) {
        wrong.push(cause)
      }
    if (wrong.length > 0) throw wrong[0]
  }

  return {
    add: (one) => void all.push(one),
    isClosing: () => closed !== null,
    close: (why) => (closed ??= close(why)),
  }
}

/**
 * Opens something of several parts: where one of them fails, those before it are closed again, and what went wrong first is
 * thrown, whatever goes wrong with closing.
 */
export async function openAll<Whole>(open: (opened: Opened) => Promise<Whole>): Promise<Whole> {
  const opened = nothingOpened()
  try {
    return await open(opened)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    // what could not be closed now was opened a moment ago: why is worth less to anybody than why it was opened in vain
    await opened.close(`it could not start: ${why}`).catch(() => {})
    throw cause
  }
}
