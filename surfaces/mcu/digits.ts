import type { Digit } from './display.ts'

const blank: Digit = { letter: ' ', hasDot: false }

/** How the ten digits are parted: hours, minutes, seconds and frames, as on the front of a Mackie Control. */
const parts = [3, 2, 2, 3] as const

/** Ten digits of a time code, `10:00:05:12` with `:`, `;`, `.` or `,` between; other text from the right, cut at the left. */
export function timeDigits(text: string): readonly Digit[] {
  const words = text.split(/[:;.,]/)
  if (words.length === parts.length && words.every((word) => /^\d+$/.test(word)))
    return parts.flatMap((width, n) =>
      fitted(words[n] ?? '', width).map((letter, at) => ({
        letter,
        hasDot: n < parts.length - 1 && at === width - 1,
      })),
    )
  return fitted(text, 10).map((letter) => ({ letter, hasDot: false }))
}

/** Two digits: the page from 1, or that something failed. */
export function pageDigits(page: number | null, hasFailed: boolean): readonly Digit[] {
  if (hasFailed) return fitted('Er', 2).map((letter) => ({ letter, hasDot: false }))
  if (page === null) return [blank, blank]
  return fitted(String(page % 100), 2).map((letter) => ({ letter, hasDot: false }))
}

function fitted(text: string, width: number): readonly string[] {
  return text.slice(-width).padStart(width).split('')
}
