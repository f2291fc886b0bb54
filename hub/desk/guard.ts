import type { Clock } from '../../bus/clock.ts'
import type { ControlConfig } from '../../config/config.ts'
import type { Refusal } from '../../surfaces/surface.ts'
import { refusal } from '../refuse.ts'

/** What a press may do: act, only ask for a second one, or nothing, and why. */
export type Begun = 'acts' | 'asks' | Refusal

/** Keeps presses apart where the config of a control asks for it: nothing is held back that nobody asked to be. */
export interface Guard {
  /** A press of a control begins, `place` as `placeName` has it, by this hand. */
  begin(place: string, control: ControlConfig, hand: string): Begun
  /** For how long the control waits for its second press, ms; null: it does not. */
  asks(place: string): number | null
  close(): void
}

interface Question {
  readonly withinMs: number
  readonly cancel: () => void
}

/** `changed` is told of each control that begins or ends to ask. */
export function openGuard(clock: Clock, changed: (place: string) => void): Guard {
  /** When each guarded control was pressed last: no more of them than the config has controls. */
  const pressed = new Map<string, number>()
  /** By control, and by the hand that is asked: another one's press is no answer. */
  const questions = new Map<string, Map<string, Question>>()

  function isTooSoon(place: string, guardMs: number | null): boolean {
    if (guardMs === null) return false
    const now = clock.now()
    const before = pressed.get(place)
    pressed.set(place, now)
    return before !== undefined && now - before < guardMs
  }

  function answered(place: string, hand: string): boolean {
    const asked = questions.get(place)
    const question = asked?.get(hand)
    if (asked === undefined || question === undefined) return false
    question.cancel()
    asked.delete(hand)
    if (asked.size === 0) questions.delete(place)
    changed(place)
    return true
  }

  function ask(place: string, hand: string, withinMs: number): void {
    const cancel = clock.after(withinMs, () => answered(place, hand))
    const asked = questions.get(place) ?? new Map<string, Question>()
    asked.set(hand, { withinMs, cancel })
    questions.set(place, asked)
    changed(place)
  }

  return {
    begin(place, { guardMs, confirmMs }, hand) {
      // first: a press that bounced must not be the answer to its own question
      if (isTooSoon(place, guardMs))
        return refusal(
          'guarded',
          null,
          'refused',
          `pressed again within ${guardMs} ms: its guard let only the first press through`,
        )
      if (confirmMs === null || answered(place, hand)) return 'acts'
      ask(place, hand, confirmMs)
      return 'asks'
    },
    asks(place) {
      const asked = questions.get(place)
      return asked === undefined
        ? null
        : Math.max(...Array.from(asked.values(), ({ withinMs }) => withinMs))
    },
    close() {
      for (const asked of questions.values()) for (const { cancel } of asked.values()) cancel()
      questions.clear()
    },
  }
}
