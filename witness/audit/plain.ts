// Nearly every sealed line is plain: names and texts of printable ASCII, whole numbers. For these it is enough to walk over
// their bytes once; whatever else a line has, it is looked at by the slower way of strict.ts.

const space = 32
const quote = 34
const comma = 44
const zero = 48
const nine = 57
const colon = 58
const openList = 91
const backslash = 92
const closeList = 93
const open = 123
const close = 125
const del = 127

/** As deep as an entry nests, several times over. */
const maxDepth = 32
const endsValue: ReadonlySet<number | undefined> = new Set([comma, close, closeList])
/** Fewer digits than the smallest whole number that JavaScript cannot count: 9007199254740992. */
const maxDigits = 15

const words = ['true', 'false', 'null'].map((word) => Buffer.from(word))

/** Whether the bytes are plain and canonical JSON (RFC 8785). False says nothing: they may be canonical still. */
export function isPlainCanonical(bytes: Uint8Array, from: number, end: number): boolean {
  return valueEnd({ bytes, end }, from, maxDepth) === end
}

interface Line {
  readonly bytes: Uint8Array
  /** What stands there is not the line's any more. */
  readonly end: number
}

/** Where the value that begins at `from` ends; here and below -1 for what is not plain and canonical. */
function valueEnd(line: Line, from: number, depth: number): number {
  switch (line.bytes[from]) {
    case quote:
      return textEnd(line, from)
    case open:
      return depth === 0 ? -1 : membersEnd(line, from + 1, depth - 1)
    case openList:
      return depth === 0 ? -1 : itemsEnd(line, from + 1, depth - 1)
    default:
      return from < line.end && isDigit(line.bytes[from])
        ? countEnd(line, from)
        : wordEnd(line, from)
  }
}

function membersEnd(line: Line, from: number, depth: number): number {
  const { bytes } = line
  if (bytes[from] === close) return from + 1
  let before: number | null = null
  for (let at = from; bytes[at] === quote;) {
    const end = textEnd(line, at)
    if (end === -1 || bytes[end] !== colon) return -1
    if (before !== null && !isBefore(bytes, before, at)) return -1
    const next = valueEnd(line, end + 1, depth)
    if (next === -1 || bytes[next] === close) return next === -1 ? -1 : next + 1
    if (bytes[next] !== comma) return -1
    before = at
    at = next + 1
  }
  return -1
}

function itemsEnd(line: Line, from: number, depth: number): number {
  if (line.bytes[from] === closeList) return from + 1
  for (let at = from; ;) {
    const next = valueEnd(line, at, depth)
    if (next === -1 || line.bytes[next] === closeList) return next === -1 ? -1 : next + 1
    if (line.bytes[next] !== comma) return -1
    at = next + 1
  }
}

/** Printable ASCII that is not escaped: it stands as it is. */
function textEnd({ bytes, end }: Line, from: number): number {
  for (let at = from + 1; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === quote) return at + 1
    if (byte < space || byte === backslash || byte >= del) return -1
  }
  return -1
}

/** Whether one name comes before another; of two that begin alike, the shorter one does. The same name twice is no order. */
function isBefore(bytes: Uint8Array, left: number, right: number): boolean {
  for (let i = 1; ; i++) {
    const a = bytes[left + i] ?? 0
    const b = bytes[right + i] ?? 0
    if (b === quote) return false
    if (a === quote) return true
    if (a !== b) return a < b
  }
}

/** A whole number that is not negative: a fraction and an exponent have ways of their own. */
function countEnd({ bytes, end }: Line, from: number): number {
  let at = from
  while (at < end && isDigit(bytes[at])) at++
  const isLong = at - from > maxDigits
  const isOther = bytes[from] === zero && at - from > 1
  return isLong || isOther || (at < end && !endsValue.has(bytes[at])) ? -1 : at
}

function wordEnd({ bytes, end }: Line, from: number): number {
  const word = words.find((one) => one.every((byte, i) => byte === bytes[from + i]))
  return word === undefined || from + word.length > end ? -1 : from + word.length
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= zero && byte <= nine
