import type { PanelConfig } from '../../config/config.ts'
import {
  blankFace,
  type Face,
  type Panel,
  type PanelControl,
  type Spot,
} from '../../surfaces/desk.ts'
import type { Faces } from '../../surfaces/surface.ts'
import type { Keypad } from './keypad.ts'
import type { SeatLock } from './seat-lock.ts'

/** What the controls of one panel show: the faces of its page, and what only this panel knows. */
export interface SeatLook {
  /** The face of a control while the panel shows that page; `lost`: the hub stops. */
  at(control: PanelControl, page: number, lost: boolean): Face
  /** A hand is on a fader, or off it: whether that was news. Its motor is silent meanwhile. */
  touched(spot: Spot, on: boolean): boolean
  /** What was asked for there could not even be recorded, until its next face; null: it could. Whether that was news. */
  trouble(spot: Spot, reason: string | null): boolean
  /** Another page: what was in trouble there is seen no more. */
  turned(): void
}

/** What a panel shows when the hub stops. */
const lostFace: Face = { ...blankFace, text: 'NO HUB', textColour: '#ef5350' }

export function seatLook(
  { ownsPin }: Panel,
  { whenLost }: PanelConfig,
  faces: Faces,
  keypad: Keypad,
  lock: SeatLock,
): SeatLook {
  const hands = new Set<string>()
  const troubles = new Map<string, string>()
  return {
    at(control, page, lost) {
      if (lost) return whenLost === 'message' ? lostFace : blankFace
      const state = lock.state()
      if (state !== null)
        return ownsPin ? blankFace : keypad.face(control, state.digits, state.wait)
      const name = nameOf(control)
      const face = faces.at({ page, row: control.row, col: control.col }) ?? blankFace
      const reason = troubles.get(name)
      const shown: Face = reason === undefined ? face : { ...face, state: { is: 'failed', reason } }
      return hands.has(name) ? { ...shown, level: null } : shown
    },
    touched(spot, on) {
      const name = nameOf(spot)
      if (!on) return hands.delete(name)
      const isNews = !hands.has(name)
      hands.add(name)
      return isNews
    },
    trouble(spot, reason) {
      if (reason === null) return troubles.delete(nameOf(spot))
      troubles.set(nameOf(spot), reason)
      return true
    },
    turned: () => troubles.clear(),
  }
}

/** A spot of a panel by its name. */
export function nameOf({ row, col }: Spot): string {
  return `${row}/${col}`
}
