import { Type, type TObject } from 'typebox'
import { audio } from './functions/audio.ts'
import { inputs } from './functions/input.ts'
import { layers } from './functions/layer.ts'
import { general, outputs } from './functions/output.ts'
import type { Parameter } from './functions/parameter.ts'
import { replay } from './functions/replay.ts'
import { sources } from './functions/source.ts'
import { overlaying, ptz, switching } from './functions/switching.ts'
import { titles } from './functions/title.ts'

export interface VmixFunction {
  readonly name: string
  readonly description: string
  /** In this order a list of args is read, and the first is what a lone value means. */
  readonly params: readonly Parameter[]
}

/**
 * Every function of vMix's Shortcut Function Reference (vMix help, to 28), those that 29 has added, and the transitions of its
 * menu, with the parameters that it names.
 */
export const functions: readonly VmixFunction[] = [
  ...switching,
  ...outputs,
  ...overlaying,
  ...titles,
  ...audio,
  ...inputs,
  ...layers,
  ...sources,
  ...ptz,
  ...replay,
  ...general,
].map(([name, description, params]) => ({ name, description, params }))

const byName: ReadonlyMap<string, VmixFunction> = new Map(
  functions.map((entry) => [entry.name.toLowerCase(), entry]),
)

/** The table's entry, whatever the case of `name`; null for a function that it does not know. */
export function functionOf(name: string): VmixFunction | null {
  return byName.get(name.toLowerCase()) ?? null
}

/** JSON Schema of a function's args as an object. */
export function argsSchema({ params }: VmixFunction): TObject {
  return Type.Object(
    Object.fromEntries(
      params.map((one) => [one.name, one.required ? one.schema : Type.Optional(one.schema)]),
    ),
    { additionalProperties: false },
  )
}
