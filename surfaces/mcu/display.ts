import type { MidiMessage } from '../../wire/midi.ts'
import { digit, ring, type RingMode, stripColours, text } from './codec.ts'
import type { Model } from './model.ts'
import { xctlDigit, xctlRing, xctlStrip } from './xctl-codec.ts'

// What is to be shown, as messages by the part of the console that they change: only what differs from what it shows is sent.

export type Drawn = readonly (readonly [part: string, message: MidiMessage])[]

/** A scribble strip: two lines of at most seven letters, and a colour from 0 to 7 (bit 0 red, 1 green, 2 blue). */
export interface Strip {
  readonly upper: string
  readonly lower: string
  readonly colour: number
}

/** One of twelve digits, from the left: two for the page, then ten for time code. */
export interface Digit {
  readonly letter: string
  readonly hasDot: boolean
}

/** How a console is drawn. Its lamps and motors are the same in all dialects. */
export interface Display {
  /** `level` 0 to 1; null: dark. */
  ring(encoder: number, level: number | null, mode: RingMode, isLit: boolean): Drawn
  /** Strip `n` of those. */
  strip(n: number, strips: readonly Strip[]): Drawn
  digits(twelve: readonly Digit[]): Drawn
}

/** Seven letters belong to each strip of the display's 56. */
const letters = 7
const lowerLine = 56

/** Mackie's own protocol. */
export function mackieDisplay({ device, strips: { colours, letters: used } }: Model): Display {
  const padded = (line: string) => line.slice(0, used).padEnd(letters)
  return {
    ring: (encoder, level, mode, isLit) => [[`ring ${encoder}`, ring(encoder, level, mode, isLit)]],
    strip(n, strips) {
      const { upper = '', lower = '' } = strips[n] ?? {}
      const lines: Drawn = [
        [`upper ${n}`, text(device, n * letters, padded(upper))],
        [`lower ${n}`, text(device, lowerLine + n * letters, padded(lower))],
      ]
      if (!colours) return lines
      const eight = Array.from({ length: 8 }, (_, at) => strips[at]?.colour ?? 0)
      return [...lines, ['colours', stripColours(device, eight)]]
    },
    digits: (twelve) =>
      twelve.map(({ letter, hasDot }, n) => {
        const place = twelve.length - 1 - n
        return [`digit ${place}`, digit(place, letter, hasDot)]
      }),
  }
}

/** Behringer's Xctl. */
export const xctlDisplay: Display = {
  ring: (encoder, level, mode) =>
    xctlRing(encoder, level, mode).map((message, half) => [`ring ${encoder} ${half}`, message]),
  strip(n, strips) {
    const strip = strips[n]
    return strip === undefined ? [] : [[`strip ${n}`, xctlStrip(n, strip)]]
  },
  digits: (twelve) =>
    twelve.map(({ letter, hasDot }, n) => [`digit ${n}`, xctlDigit(n, letter, hasDot)]),
}
