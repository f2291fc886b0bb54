import { fit, lineHeight } from '../surfaces/render/fit.ts'

/** What a key of the plugin shows. */
export interface Look {
  readonly text: string
  /** `#rrggbb`. */
  readonly colour: string
  readonly state: 'idle' | 'on' | 'asks' | 'pending' | 'done' | 'failed' | 'lost'
  /** Why it failed, or why nothing can be sent; empty for nothing to say. */
  readonly reason: string
}

const side = 144
/** How wide letters are on average, in sizes: the Stream Deck app chooses the font. */
const letter = 0.6
const measure = (text: string) => text.length * letter

const frames = {
  idle: null,
  on: '#ffffff',
  asks: '#6ccbff',
  pending: '#ffc65c',
  done: '#4ade95',
  failed: '#ff7a76',
  lost: '#6b7a8d',
} as const satisfies Record<Look['state'], string | null>

/** A key as an SVG, which the Stream Deck app draws at any size. */
export function svgOf({ text, colour, state, reason }: Look): string {
  const bad = state === 'failed' || state === 'lost'
  const ground = state === 'failed' ? '#6e0d14' : state === 'lost' ? '#20262e' : hex(colour)
  const frame = frames[state]
  const box = (height: number, most: number) => ({ width: side - 20, height, most, least: 15 })
  const name = fit(text, bad && reason !== '' ? box(52, 30) : box(side - 24, 52), measure)
  const why = bad ? fit(reason, box(70, 20), measure) : null
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">`,
    `<rect width="${side}" height="${side}" fill="${ground}"/>`,
    frame === null
      ? ''
      : `<rect x="4" y="4" width="${side - 8}" height="${side - 8}" fill="none" stroke="${frame}" stroke-width="8"/>`,
    lines(name.lines, name.size, why === null || reason === '' ? side / 2 : 38, '#ffffff'),
    why === null ? '' : lines(why.lines, why.size, 98, '#ffd5d3'),
    '</svg>',
  ].join('')
}

function lines(lines: readonly string[], size: number, middle: number, ink: string): string {
  const first = middle - ((lines.length - 1) / 2) * lineHeight * size + size * 0.35
  return lines
    .map((line, n) => {
      const y = (first + n * lineHeight * size).toFixed(1)
      return `<text x="${side / 2}" y="${y}" font-family="sans-serif" font-weight="bold" font-size="${size.toFixed(1)}" fill="${ink}" text-anchor="middle">${escaped(line)}</text>`
    })
    .join('')
}

/** What a device says goes into a document. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function hex(colour: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#2a323d'
}
