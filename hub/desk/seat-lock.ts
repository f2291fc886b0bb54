import type { Clock } from '../../bus/clock.ts'
import { isPin, type Tries } from './pin.ts'

/** Whether a panel listens to anything but its PIN. */
export interface SeatLock {
  /** null: open; otherwise how many digits were typed, and whether it listens to none at this moment. */
  state(): { readonly digits: number; readonly wait: boolean } | null
  type(digit: number): 'more' | 'open' | 'wrong' | 'wait'
  /** A hand was on the panel: it stays open for another while. */
  touched(): void
  close(): void
}

export interface SeatLockParts {
  readonly clock: Clock
  readonly pin: string
  /** It locks again when nobody touched it for so long; null: never. Milliseconds. */
  readonly afterMs: number | null
  /** It came back in a moment, and was open. */
  readonly open: boolean
  readonly tries: readonly Tries[]
  /** It has locked by itself, or listens again. */
  changed(): void
}

export function openSeatLock(parts: SeatLockParts): SeatLock {
  const { clock, pin, afterMs, tries } = parts
  let isLocked = !parts.open
  let typed = ''
  let last = clock.now()
  let cancel = () => {}

  /** One timer, however often it is touched: when it fires it looks how long is left. */
  function watch(): void {
    cancel()
    if (afterMs === null || isLocked) return
    cancel = clock.after(Math.max(0, last + afterMs - clock.now()), () => {
      if (clock.now() - last < afterMs) return watch()
      isLocked = true
      parts.changed()
    })
  }
  watch()

  const mustWait = () => tries.some((one) => one.mustWait())
  return {
    state: () => (isLocked ? { digits: typed.length, wait: mustWait() } : null),
    type(digit) {
      if (mustWait()) return 'wait'
      typed += String(digit)
      if (typed.length < pin.length) return 'more'
      const right = isPin(typed, pin)
      typed = ''
      for (const one of tries)
        if (right) one.right()
        else one.wrong()
      if (!right) return 'wrong'
      isLocked = false
      last = clock.now()
      watch()
      return 'open'
    },
    touched: () => void (last = clock.now()),
    close: () => cancel(),
  }
}

/** A panel that nobody locks. */
export const neverLocked: SeatLock = {
  state: () => null,
  type: () => 'open',
  touched: () => {},
  close: () => {},
}
