import type { StreamDeckControlDefinition } from '@elgato-stream-deck/core'
import type { BitmapSize } from '../render/renderer.ts'
import type { PanelControl, Takes } from '../desk.ts'

/** Where the library draws a control. */
export type Target =
  | { readonly on: 'key'; readonly index: number; readonly size: BitmapSize }
  /** A key with a lamp of its own colour. */
  | { readonly on: 'lamp'; readonly index: number }
  | { readonly on: 'encoder'; readonly index: number; readonly led: boolean; readonly ring: number }
  /** A part of an LCD strip. `whole`: the strip takes no parts. */
  | {
      readonly on: 'strip'
      readonly id: number
      readonly x: number
      readonly size: BitmapSize
      readonly whole: boolean
    }
  /** Nothing to be seen: a pedal. */
  | { readonly on: 'nothing' }

/** A control of the panel and where it is drawn. */
export interface Cell {
  readonly control: PanelControl
  readonly target: Target
}

const nothing: Takes = { bitmap: null, text: false, colour: false, level: false }

/**
 * The controls of a deck as the hub sees them. A strip is as many keys as it has columns, touched each by itself; one that
 * takes no parts is one key. Without pixels (`drawn: false`, nothing draws on this machine) keys show their colour.
 */
export function cellsOf(
  controls: readonly StreamDeckControlDefinition[],
  drawn: boolean,
): readonly Cell[] {
  return controls.flatMap((control): readonly Cell[] => {
    const { row, column: col } = control
    switch (control.type) {
      case 'button': {
        const { index } = control
        const cell = (takes: Partial<Takes>, target: Target): readonly Cell[] => [
          { control: { row, col, kind: 'key', takes: { ...nothing, ...takes } }, target },
        ]
        if (control.feedbackType === 'none') return cell({}, { on: 'nothing' })
        if (control.feedbackType === 'rgb' || !drawn)
          return cell({ colour: true }, { on: 'lamp', index })
        const { width, height } = control.pixelSize
        return cell(pixels({ width, height }), { on: 'key', index, size: { width, height } })
      }
      case 'encoder': {
        const { index, hasLed: led, ledRingSteps: ring } = control
        const takes = { ...nothing, colour: led || ring > 0, level: ring > 0 }
        return [
          {
            control: { row, col, kind: 'encoder', takes },
            target: { on: 'encoder', index, led, ring },
          },
        ]
      }
      case 'lcd-segment': {
        const { id, pixelSize, drawRegions, columnSpan } = control
        const parts = drawRegions ? columnSpan : 1
        const size = { width: Math.floor(pixelSize.width / parts), height: pixelSize.height }
        return Array.from({ length: parts }, (_, n): Cell => ({
          control: {
            row,
            col: col + n,
            kind: 'key',
            takes: drawn ? { ...nothing, ...pixels(size) } : nothing,
          },
          target: drawn
            ? { on: 'strip', id, x: n * size.width, size, whole: !drawRegions }
            : { on: 'nothing' },
        }))
      }
      default:
        return control satisfies never
    }
  })
}

function pixels(bitmap: BitmapSize): Partial<Takes> {
  return { bitmap, text: true, colour: true, level: true }
}

/** The part of a strip at `x` pixels, as its spot. What lies beyond its end is its last part. */
export function touched(
  strip: Extract<StreamDeckControlDefinition, { type: 'lcd-segment' }>,
  x: number,
): { readonly row: number; readonly col: number } {
  const parts = strip.drawRegions ? strip.columnSpan : 1
  const part = Math.floor((x * parts) / strip.pixelSize.width)
  return { row: strip.row, col: strip.column + Math.min(parts - 1, Math.max(0, part)) }
}
