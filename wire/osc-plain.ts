import type { OscArg, PlainArg } from './osc-arg.ts'

export type Plain =
  | { readonly ok: true; readonly values: readonly PlainArg[] }
  | { readonly ok: false; readonly detail: string }

/**
 * OSC arguments as JSON values: a blob as base64, `h` and `t` as a number where a double holds them exactly and as
 * decimal text where not, `I` as true. NaN and infinities have no JSON form.
 */
export function plainArgs(args: readonly OscArg[]): Plain {
  const values: PlainArg[] = []
  for (const arg of args) {
    const value = plain(arg)
    if (value === undefined)
      return { ok: false, detail: `argument ${values.length + 1} is not finite` }
    values.push(value)
  }
  return { ok: true, values }
}

function plain(arg: OscArg): PlainArg | undefined {
  switch (arg.type) {
    case 'f':
      return Number.isFinite(arg.value) ? shortest(arg.value) : undefined
    case 'd':
      return Number.isFinite(arg.value) ? arg.value : undefined
    case 'h':
    case 't': {
      const number = Number(arg.value)
      return Number.isSafeInteger(number) ? number : String(arg.value)
    }
    case 'b':
      return Buffer.from(arg.value).toString('base64')
    case '[': {
      const inner = plainArgs(arg.value)
      return inner.ok ? inner.values : undefined
    }
    case 'i':
    case 's':
    case 'S':
    case 'c':
    case 'r':
    case 'm':
    case 'T':
    case 'F':
    case 'N':
    case 'I':
      return arg.value
    default:
      return arg satisfies never
  }
}

/**
 * The short number that is the same float32: 0.7 and not 0.699999988079071, so that what a fader sent reads as it
 * was meant and equals what the config says. Nine digits always suffice for a float32.
 */
function shortest(value: number): number {
  if (Number.isInteger(value)) return value
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}
