import type { Json } from '../../intents/json.ts'

/** An input, by the four things it can be called. */
export interface InputName {
  readonly number: number
  readonly key: string
  readonly title: string
  readonly shortTitle: string
}

/**
 * The number of the input that is called so: a key, an exact title, an exact short title; null for none. Of two with the same
 * title the first is meant.
 */
export function inputCalled(name: string, inputs: readonly InputName[]): number | null {
  const key = name.toLowerCase()
  const found =
    inputs.find((one) => one.key.toLowerCase() === key) ??
    inputs.find((one) => one.title === name) ??
    inputs.find((one) => one.shortTitle === name)
  return found?.number ?? null
}

/** The names of an input besides its number, by that: its key and its title, unless another input is called so first. */
export type OtherNames = ReadonlyMap<string, readonly string[]>

export function otherNames(inputs: readonly InputName[]): OtherNames {
  const others = new Map<string, readonly string[]>()
  const taken = new Set(inputs.map(({ number }) => String(number)))
  for (const { number, key, title } of inputs) {
    const names = [key, title].filter((name) => name !== '' && !taken.has(name))
    for (const name of names) taken.add(name)
    others.set(String(number), names)
  }
  return others
}

/**
 * The same values by every name of an input: what stands at `input/3/volume` stands at `input/<title>/volume` and
 * `input/<key>/volume` too.
 */
export function byEveryName(
  values: Iterable<readonly [path: string, value: Json]>,
  others: OtherNames,
): readonly (readonly [path: string, value: Json])[] {
  const all: (readonly [string, Json])[] = []
  for (const [path, value] of values) {
    all.push([path, value])
    const [, number, rest] = /^input\/(\d+)(\/.+)$/s.exec(path) ?? []
    for (const name of (number === undefined ? undefined : others.get(number)) ?? [])
      all.push([`input/${name}${rest}`, value])
  }
  return all
}
