import type { Json } from '../../intents/json.ts'
import type { Face, Takes } from '../desk.ts'

// The lines to a box, as docs/surfaces/serial.md has them: ASCII words, UTF-8 only in texts.

/** Characters of a text: a display of such a box has a few lines. */
const longestText = 120

/** Red, amber, orange: what a lamp shows that has only its colour to say it. */
const colours = { failed: 'd50000', pending: 'ffb300', asks: 'ff6d00' } as const

/** What a control shows, one line each. */
export function faceLines(n: number, face: Face, takes: Takes): readonly string[] {
  const { is } = face.state
  const calls = is === 'failed' || is === 'pending' || is === 'asks'
  const colour = calls ? colours[is] : face.colour.slice(1)
  const lines = [`LED ${n} ${calls || face.lit ? 1 : 0} ${colour} ${is}`]
  if (takes.text) lines.push(`TEXT ${n} ${clean(face.text)}`.trimEnd())
  if (takes.level && face.level !== null)
    lines.push(`LEVEL ${n} ${Math.round(Math.min(1, Math.max(0, face.level)) * 1000)}`)
  return lines
}

/** A value of a device, as a lamp takes it: 1 and 0 for true and false, else as it is. */
export function tallyLine(n: number, value: Json): string {
  const text =
    value === true
      ? '1'
      : value === false
        ? '0'
        : typeof value === 'string'
          ? value
          : JSON.stringify(value)
  return `TALLY ${n} ${clean(text)}`.trimEnd()
}

/** One line: a text may come from a device. */
export function clean(text: string): string {
  return text
    .slice(0, longestText)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
}
