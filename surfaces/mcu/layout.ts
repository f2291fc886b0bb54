import type { PanelControl, Spot, Takes } from '../desk.ts'
import { encoderNote, faderRow, masterCol, type Model, pageRow } from './model.ts'

/** Where the controls of a model are in its panel, and the other way round. */
export interface Layout {
  readonly controls: readonly PanelControl[]
  /** Keys by note, encoders' pushes among them. */
  readonly spotOf: ReadonlyMap<number, Spot>
  /** The lamp of a key, by {@link spotKey}; encoders have none. */
  readonly lampOf: ReadonlyMap<string, number>
}

export function spotKey({ row, col }: Spot): string {
  return `${row}/${col}`
}

const nothing: Takes = { bitmap: null, text: false, colour: false, level: false }

/** The panel of a model. `pagesAsKeys`: the keys that would turn pages are keys. */
export function layoutOf(model: Model, pagesAsKeys: boolean): Layout {
  const controls: PanelControl[] = []
  const spotOf = new Map<number, Spot>()
  const lampOf = new Map<string, number>()
  // a strip shows the text of the encoder above it, and of the fader below it with its colour
  const hasStrip = (col: number) => col < model.strips.count
  for (let col = 0; col < model.encoders; col++) {
    const takes = { ...nothing, text: hasStrip(col), level: true }
    controls.push({ kind: 'encoder', row: 0, col, takes })
    spotOf.set(encoderNote + col, { row: 0, col })
  }
  if (model.hasJog) controls.push({ kind: 'encoder', row: 0, col: masterCol, takes: nothing })
  for (const [row, notes] of keyRows(model, pagesAsKeys))
    for (const [col, note] of notes.entries()) {
      controls.push({ kind: 'key', row, col, takes: nothing })
      spotOf.set(note, { row, col })
      lampOf.set(spotKey({ row, col }), note)
    }
  for (const col of model.faders) {
    const { colours } = model.strips
    const takes = {
      bitmap: null,
      text: hasStrip(col),
      colour: colours && hasStrip(col),
      level: model.motors,
    }
    controls.push({ kind: 'fader', row: faderRow, col, takes })
  }
  return { controls, spotOf, lampOf }
}

/** The rows of keys; those that turn pages are no keys, wherever the model has them. */
function keyRows(
  { keys, pages }: Model,
  pagesAsKeys: boolean,
): readonly (readonly [number, readonly number[]])[] {
  const rows = Object.entries(keys).map(([row, notes]) => [Number(row), [...notes]] as const)
  if (!pagesAsKeys) return rows
  const last = rows.find(([row]) => row === pageRow)?.[1] ?? []
  return [...rows.filter(([row]) => row !== pageRow), [pageRow, [...last, ...pages]]]
}
