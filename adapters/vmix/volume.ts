/**
 * vMix takes a volume as the position of its fader, 0 to 100, and reports it as amplitude, the fourth power of that:
 * 0.81⁴ × 100 = 43.04672, which stands in a real state of vMix 25. Here a volume is always the fader's position, so
 * that what was set is what is reported.
 */
export function faderOf(amplitude: number): number {
  const clamped = Math.min(Math.max(amplitude, 0), 1)
  return Math.round(clamped ** 0.25 * 10_000) / 100
}

/** The amplitude, 0 to 1, of a fader at 0 to 100. */
export function amplitudeOf(fader: number): number {
  return (Math.min(Math.max(fader, 0), 100) / 100) ** 4
}
