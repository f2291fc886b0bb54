// How a motor follows what the device says without fighting the hand. Pure: each step says where the motor is to be sent.

/** A fader, its positions from 0 to 16,383. */
export interface Fader {
  isTouched: boolean
  /** Where it stands as far as is known: where it was sent, or where a hand moved it; null: nobody knows. */
  position: number | null
  /** Where the device says that it is to stand; null where it says nothing. */
  wanted: number | null
  /** Whether `wanted` is newer than what the hand did last: until then the hand is right. */
  isNewer: boolean
}

export function newFader(): Fader {
  return { isTouched: false, position: null, wanted: null, isNewer: true }
}

/** A hand moved it. */
export function moved(fader: Fader, position: number): void {
  fader.position = position
  fader.isNewer = false
}

/**
 * A hand is on it, or off it. Let go, it is sent to one place, once: what the device said meanwhile, or where the hand left
 * it, since a console's motor holds only where its host sent it.
 */
export function touched(fader: Fader, on: boolean): number | null {
  const wasTouched = fader.isTouched
  fader.isTouched = on
  if (on || !wasTouched) return null
  return sentTo(fader, fader.isNewer ? (fader.wanted ?? fader.position) : fader.position)
}

/**
 * The device says where it is to stand. `isSettled` is false while something that was asked of the device has no outcome
 * yet: until then nobody knows, and the motor stays.
 */
export function follow(fader: Fader, wanted: number | null, isSettled: boolean): number | null {
  fader.wanted = wanted
  if (!isSettled) return null
  fader.isNewer = true
  if (fader.isTouched || wanted === null || wanted === fader.position) return null
  return sentTo(fader, wanted)
}

/** Nothing came of the hand's moving it to `position`: it goes back, unless the hand has moved on. */
export function refused(fader: Fader, position: number): number | null {
  return fader.position === position ? follow(fader, fader.wanted, true) : null
}

/** The console forgot where it was sent, and no hand is known to be on it. */
export function forgotten(fader: Fader): number | null {
  fader.isTouched = false
  fader.position = null
  fader.isNewer = true
  return fader.wanted === null ? null : sentTo(fader, fader.wanted)
}

function sentTo(fader: Fader, position: number | null): number | null {
  fader.position = position
  return position
}
