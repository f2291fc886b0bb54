/**
 * One argument of an OSC message, by its type tag (OSC 1.0 specification, "OSC Type Tag String"; `T F N I` are its
 * non-standard tags that OSC 1.1 requires). Every argument has the same two keys, which keeps decoding fast.
 */
export type OscArg =
  /** int32. */
  | { readonly type: 'i'; readonly value: number }
  /** float32. */
  | { readonly type: 'f'; readonly value: number }
  /** String, and `S`: a symbol. UTF-8 without NUL (the specification says ASCII; senders use UTF-8). */
  | { readonly type: 's' | 'S'; readonly value: string }
  /** Bytes. */
  | { readonly type: 'b'; readonly value: Uint8Array }
  /** int64. */
  | { readonly type: 'h'; readonly value: bigint }
  /** Time tag: NTP's 64 bits, seconds since 1900 in the upper half; 1 means at once. */
  | { readonly type: 't'; readonly value: bigint }
  /** float64. */
  | { readonly type: 'd'; readonly value: number }
  /** One ASCII character. */
  | { readonly type: 'c'; readonly value: string }
  /** Colour, uint32: red, green, blue, alpha from the top byte down. */
  | { readonly type: 'r'; readonly value: number }
  /** MIDI message, uint32: port, status, data 1, data 2 from the top byte down. */
  | { readonly type: 'm'; readonly value: number }
  | { readonly type: 'T'; readonly value: true }
  | { readonly type: 'F'; readonly value: false }
  | { readonly type: 'N'; readonly value: null }
  /** Infinitum in OSC 1.0, impulse ("bang") in 1.1: it happened. */
  | { readonly type: 'I'; readonly value: true }
  | { readonly type: '['; readonly value: readonly OscArg[] }

/** What JSON can hold, and so a config, a button or an HTTP body. */
export type PlainArg =
  null | boolean | number | string | readonly PlainArg[] | { readonly [key: string]: PlainArg }

export type Converted =
  | { readonly ok: true; readonly args: readonly OscArg[] }
  | { readonly ok: false; readonly detail: string }

/** Arrays nest at most so deep: far beyond any device, and a bound for recursion on hostile bytes. */
export const maxArrayDepth = 8
/** Arguments in one message, those inside arrays counted. */
export const maxArguments = 4096

const base64 = /^[\w+/-]*={0,2}$/

/**
 * The OSC arguments for JSON values. A whole number within int32 is `i`, any other number `f`, or `d` where float32
 * would make it infinite; a boolean `T` or `F`; null `N`; a string `s`; an array `[`…`]`. An object says its type
 * itself: `{ "type": "f", "value": 1 }`, with `h` and `t` as a number or decimal string and `b` as base64.
 */
export function toOscArgs(values: readonly PlainArg[]): Converted {
  const budget = { left: maxArguments }
  try {
    return { ok: true, args: values.map((value) => convert(value, 0, budget)) }
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, detail: error.message }
    throw error
  }
}

function convert(value: PlainArg, depth: number, budget: { left: number }): OscArg {
  if (--budget.left < 0) throw new RangeError(`more than ${maxArguments} arguments`)
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value === 'string') return checked({ type: 's', value })
  if (value === true) return { type: 'T', value }
  if (value === false) return { type: 'F', value }
  if (value === null) return { type: 'N', value }
  if (isArray(value)) {
    if (depth >= maxArrayDepth) throw new RangeError(`arrays nest deeper than ${maxArrayDepth}`)
    return { type: '[', value: value.map((item) => convert(item, depth + 1, budget)) }
  }
  return typed(value)
}

/** `Array.isArray` does not narrow a readonly array away. */
function isArray(value: PlainArg): value is readonly PlainArg[] {
  return Array.isArray(value)
}

function fromNumber(value: number): OscArg {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a finite number`)
  if ((value | 0) === value) return { type: 'i', value }
  return { type: Number.isFinite(Math.fround(value)) ? 'f' : 'd', value }
}

function typed(object: { readonly [key: string]: PlainArg }): OscArg {
  const type = object['type']
  const value = object['value']
  if (type === 'T') return { type, value: true }
  if (type === 'F') return { type, value: false }
  if (type === 'N') return { type, value: null }
  if (type === 'I') return { type, value: true }
  if (typeof value === 'number') {
    if (type === 'i' || type === 'f' || type === 'd' || type === 'r' || type === 'm')
      return checked({ type, value })
    if ((type === 'h' || type === 't') && Number.isSafeInteger(value))
      return checked({ type, value: BigInt(value) })
  }
  if (typeof value === 'string') {
    if (type === 's' || type === 'S' || type === 'c') return checked({ type, value })
    if ((type === 'h' || type === 't') && /^-?\d{1,20}$/.test(value))
      return checked({ type, value: BigInt(value) })
    if (type === 'b' && base64.test(value)) return { type, value: Buffer.from(value, 'base64') }
  }
  throw new RangeError(
    'an object as an argument is { "type": one of i f s S b h t d c r m T F N I, "value": … } with a value of that type',
  )
}

/** The argument, if its value fits its type. @throws RangeError */
export function checked(arg: OscArg): OscArg {
  const fault = faultOf(arg)
  if (fault !== null) throw new RangeError(fault)
  return arg
}

function faultOf(arg: OscArg): string | null {
  switch (arg.type) {
    case 'i':
      return (arg.value | 0) === arg.value ? null : `${arg.value} is not an int32`
    case 'r':
    case 'm':
      return arg.value >>> 0 === arg.value ? null : `${arg.value} is not a uint32`
    case 's':
    case 'S':
      return arg.value.includes('\0') ? 'a string must not contain NUL' : null
    case 'c':
      return arg.value.length === 1 && arg.value <= '\x7f' ? null : 'not one ASCII character'
    case 'h':
      return BigInt.asIntN(64, arg.value) === arg.value ? null : `${arg.value} is not an int64`
    case 't':
      return BigInt.asUintN(64, arg.value) === arg.value ? null : `${arg.value} is not a time tag`
    case 'f':
    case 'd':
    case 'b':
    case 'T':
    case 'F':
    case 'N':
    case 'I':
    case '[':
      return null
    default:
      return arg satisfies never
  }
}
