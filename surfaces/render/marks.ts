import type { FaceState } from '../desk.ts'
import type { Context } from './canvas.ts'
import { palette } from './colour.ts'

/** The colour that says what became of a press. */
export const stateColours = {
  idle: null,
  pending: palette.wait,
  asks: palette.focus,
  confirmed: palette.good,
  sent: palette.sent,
  failed: palette.bad,
} as const satisfies Record<FaceState['is'], string | null>

/**
 * The icon of a state in a square of `size` pixels at `x`, `y`: dots while it waits, a question mark, a tick for what the device
 * confirmed, an arrow for what only left, a cross for what failed. Drawn, not written: shapes are told apart without colour.
 */
export function drawMark(
  context: Context,
  state: FaceState['is'],
  x: number,
  y: number,
  size: number,
): void {
  const colour = stateColours[state]
  if (colour === null) return
  const at = (right: number, down: number): [number, number] => [x + right * size, y + down * size]
  context.save()
  // its own dark ground, so that it is seen on every colour and picture
  context.beginPath()
  context.arc(...at(0.5, 0.5), size / 2, 0, 2 * Math.PI)
  context.fillStyle = palette.dark
  context.fill()
  context.strokeStyle = colour
  context.fillStyle = colour
  context.lineWidth = Math.max(1.5, size * 0.13)
  context.lineCap = 'round'
  context.lineJoin = 'round'
  const line = (...points: readonly (readonly [number, number])[]) => {
    context.beginPath()
    for (const [right, down] of points) context.lineTo(...at(right, down))
    context.stroke()
  }
  const dot = (right: number, down: number, radius: number) => {
    context.beginPath()
    context.arc(...at(right, down), size * radius, 0, 2 * Math.PI)
    context.fill()
  }
  switch (state) {
    case 'idle':
      break
    case 'pending':
      for (const right of [0.26, 0.5, 0.74]) dot(right, 0.5, 0.08)
      break
    case 'asks':
      context.beginPath()
      context.arc(...at(0.5, 0.38), size * 0.16, Math.PI, 0.6 * Math.PI)
      context.stroke()
      line([0.5, 0.55], [0.5, 0.6])
      dot(0.5, 0.78, 0.07)
      break
    case 'confirmed':
      line([0.27, 0.52], [0.44, 0.68], [0.73, 0.33])
      break
    case 'sent':
      line([0.28, 0.5], [0.72, 0.5])
      line([0.54, 0.32], [0.72, 0.5], [0.54, 0.68])
      break
    case 'failed':
      line([0.32, 0.32], [0.68, 0.68])
      line([0.68, 0.32], [0.32, 0.68])
      break
    default:
      state satisfies never
  }
  context.restore()
}
