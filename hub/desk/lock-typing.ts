import type { Answered, Panel, Said, Spot } from '../../surfaces/desk.ts'
import { done, nowhere } from './answered.ts'
import type { Keypad } from './keypad.ts'
import type { SeatLock } from './seat-lock.ts'

/** What a hand says to a locked panel: digits, by the panel's own keys for them or by the keypad on its controls. */
export interface LockTyping {
  /** A digit of a panel that has keys of its own for the PIN. */
  digit(value: number): Answered
  /** Anything but a release. `pressed` hears of a control that went down as a digit. */
  said(said: Said, pressed: (spot: Spot) => void): Answered
}

export function lockTyping(
  { controls, ownsPin }: Panel,
  keypad: Keypad,
  lock: SeatLock,
  parts: { readonly wrongPin: () => void; readonly changed: () => void },
): LockTyping {
  function digit(value: number): Answered {
    const typed = lock.type(value)
    parts.changed()
    switch (typed) {
      case 'more':
      case 'open':
        return done
      case 'wrong':
        parts.wrongPin()
        return nowhere('locked', 'that was not the PIN')
      case 'wait':
        return nowhere('locked', 'too many wrong PINs: wait, and type it again')
      default:
        return typed satisfies never
    }
  }

  return {
    digit,
    said(said, pressed) {
      if (said.type === 'digit') return digit(said.digit)
      const control =
        'row' in said
          ? controls.find(({ row, col }) => row === said.row && col === said.col)
          : undefined
      const typed = control === undefined || ownsPin ? null : keypad.digit(control)
      if (typed === null || (said.type !== 'down' && said.type !== 'press'))
        return nowhere('locked', 'the panel is locked: type its PIN')
      if (said.type === 'down') pressed(said)
      return digit(typed)
    },
  }
}
