import type { Image } from '@napi-rs/canvas'
import type { Alignment } from '../../intents/look.ts'
import type { Face } from '../desk.ts'
import { type Context, fontFamily } from './canvas.ts'
import { hexColour, palette } from './colour.ts'
import { fit, type Fitted, lineHeight, type TextBox } from './fit.ts'
import { drawMark, stateColours } from './marks.ts'

/** The smallest text, pixels: an x-height of 5 pixels is the least that a key of 72 shows as letters. */
const leastText = 9
/** Of the reason of a failure, pixels: whoever wants it bends down. */
const leastReason = 8
/** The mark's share of the key's shorter side. Text stays below it in every state, so that it does not jump. */
const markShare = 0.2
/** Widths are measured at this size, pixels, and scaled: hinting at small sizes would make them wrong. */
const measuredAt = 64

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Paints a face over the whole of a canvas of this size. `image`: its decoded picture; null where it has none or it cannot be
 * shown, which a word then says.
 */
export function paint(
  context: Context,
  face: Face,
  image: Image | null,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const { state } = face
  const short = Math.min(width, height)
  const edge = Math.max(2, Math.round(short * 0.05))
  const failed = state.is === 'failed'
  const ink = failed ? palette.light : hexColour(face.textColour, palette.light)
  context.reset()
  context.fillStyle = failed ? palette.badGround : hexColour(face.colour, '#000000')
  context.fillRect(0, 0, width, height)
  if (image !== null && !failed) cover(context, image, width, height)

  const bars = [face.level, face.progress].filter((share) => share !== null)
  const barHeight = Math.max(4, Math.round(short * 0.08))
  const inset = Math.round(edge * 1.6)
  const markSize = Math.round(short * markShare)
  const top = Math.max(inset, Math.round(edge / 2) + markSize)
  const inner: Area = {
    x: inset,
    y: top,
    width: width - 2 * inset,
    height: height - top - inset - bars.length * (barHeight + edge),
  }
  if (inner.width >= leastText && inner.height >= leastText) {
    if (failed) failure(context, face.text, state.reason, inner, ink)
    else legend(context, face, image !== null, inner, ink)
  }
  for (const [at, share] of bars.entries()) {
    const y = height - inset - (bars.length - at) * (barHeight + edge) + edge
    bar(context, { x: inset, y, width: inner.width, height: barHeight }, share)
  }
  const edging = stateColours[state.is] ?? (face.lit ? ink : null)
  if (edging !== null) {
    context.strokeStyle = edging
    context.lineWidth = edge
    context.strokeRect(edge / 2, edge / 2, width - edge, height - edge)
  }
  if (face.lit && edging !== ink) lamp(context, edge * 2.2, edge * 2.2, edge * 0.9, ink)
  drawMark(context, state.is, width - markSize - edge / 2, edge / 2, markSize)
}

/** Scaled to fill, the middle of what is too wide or too high. */
function cover(context: Context, image: Image, width: number, height: number): void {
  const scale = Math.max(width / image.width, height / image.height)
  const wide = image.width * scale
  const high = image.height * scale
  context.imageSmoothingQuality = 'high'
  context.drawImage(image, (width - wide) / 2, (height - high) / 2, wide, high)
}

/** The text, in the middle unless it says otherwise; at the foot, on a dark ground, where a picture is behind it. */
function legend(context: Context, face: Face, onPicture: boolean, area: Area, ink: string): void {
  const missing = face.picture !== null && !onPicture
  const text = missing ? `${face.text}\nno picture`.trim() : face.text
  const short = Math.min(area.width, area.height)
  const box = onPicture ? { ...area, height: area.height * 0.42 } : area
  const most = (short * (onPicture ? 0.26 : 0.48) * percent(face.size)) / 100
  const fitted = fittedIn(context, text, box, most)
  if (!onPicture) return write(context, fitted, area, ink, face.alignment)
  if (fitted.lines.length === 0) return
  const high = fitted.lines.length * lineHeight * fitted.size
  const foot = { ...area, y: area.y + area.height - high, height: high }
  context.fillStyle = 'rgb(0 0 0 / 62%)'
  context.fillRect(0, foot.y - 2, area.width + 2 * area.x, foot.height + area.y + 2)
  write(context, fitted, foot, ink, face.alignment)
}

/** What it is above, and under it, in full as far as it fits, why not. */
function failure(context: Context, text: string, reason: string, area: Area, ink: string): void {
  const high = text === '' ? 0 : area.height * 0.36
  const name = { ...area, height: high }
  if (text !== '') write(context, fittedIn(context, text, name, high * 0.8), name, ink)
  const why = { ...area, y: area.y + high, height: area.height - high }
  const said = reason === '' ? 'failed' : reason
  const fitted = fittedIn(context, said, why, area.height * 0.24, leastReason)
  write(context, fitted, why, palette.badText)
}

function fittedIn(
  context: Context,
  text: string,
  area: Area,
  most: number,
  least = leastText,
): Fitted {
  const box: TextBox = { ...area, most: Math.max(most, least), least }
  context.font = `${measuredAt}px "${fontFamily}"`
  return fit(text, box, (part) => context.measureText(part).width / measuredAt)
}

/** How much of what is left over stands before the text. */
const before = { left: 0, center: 0.5, right: 1, top: 0, bottom: 1 } as const

/** Lines where they are to stand in an area, never beyond its edge: a letter may reach further than its width says. */
function write(
  context: Context,
  { lines, size }: Fitted,
  area: Area,
  ink: string,
  alignment: Alignment = 'center:center',
): void {
  const [across, down] = alignment.split(':') as [keyof typeof before, keyof typeof before] // its type
  context.save()
  context.beginPath()
  context.rect(area.x, area.y - 1, area.width, area.height + 2)
  context.clip()
  context.fillStyle = ink
  context.font = `${size}px "${fontFamily}"`
  context.textAlign = across === 'left' || across === 'right' ? across : 'center'
  context.textBaseline = 'middle'
  const high = lineHeight * size
  const first = area.y + high / 2 + before[down] * (area.height - lines.length * high)
  for (const [at, line] of lines.entries())
    context.fillText(line, area.x + before[across] * area.width, first + at * high)
  context.restore()
}

function bar(context: Context, area: Area, share: number): void {
  context.fillStyle = palette.dark
  context.fillRect(area.x, area.y, area.width, area.height)
  context.fillStyle = palette.light
  const filled = Math.round(area.width * Math.min(1, Math.max(0, share)))
  context.fillRect(area.x, area.y, filled, area.height)
}

/** The device says so, while the frame says what became of the press. */
function lamp(context: Context, x: number, y: number, radius: number, ink: string): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = ink
  context.fill()
}

function percent(size: number): number {
  return Number.isFinite(size) ? Math.min(100, Math.max(10, size)) : 100
}
