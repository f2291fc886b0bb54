/** What a line of the Satellite protocol says: `KEY-PRESS DEVICEID="x" KEY=1 PRESSED=true`. All of it is hostile. */
export interface SatelliteLine {
  /** In capitals. */
  readonly command: string
  /** The line after its command, as it came: what PING wants back. */
  readonly body: string
  /** By their names as they came; true for one that stands without a value. */
  readonly params: ReadonlyMap<string, string | true>
}

/** More than any command has; what is beyond is not looked at. */
const mostParams = 64

/** Values are bare or in double quotes; a backslash takes the next character as it is. */
export function parseLine(line: string): SatelliteLine {
  const space = line.indexOf(' ')
  const command = (space === -1 ? line : line.slice(0, space)).toUpperCase()
  const body = space === -1 ? '' : line.slice(space + 1)
  const params = new Map<string, string | true>()
  for (const word of wordsOf(body)) {
    if (word === '') continue
    if (params.size >= mostParams) break
    const equals = word.indexOf('=')
    if (equals === -1) params.set(word, true)
    else params.set(word.slice(0, equals), word.slice(equals + 1))
  }
  return { command, body, params }
}

function* wordsOf(text: string): Iterable<string> {
  const special = /[ "\\]/g
  let parts: string[] = []
  let isQuoted = false
  let from = 0
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const at = found.index
    const sign = found[0]
    if (sign === ' ' && isQuoted) continue
    parts.push(text.slice(from, at))
    from = at + 1
    if (sign === '"') isQuoted = !isQuoted
    else if (sign === '\\') {
      parts.push(text.slice(at + 1, at + 2))
      from = at + 2
      special.lastIndex = from
    } else {
      yield parts.join('')
      parts = []
    }
  }
  parts.push(text.slice(from))
  yield parts.join('')
}

export type LineValue = string | number | boolean

/** A line to send. Texts are in quotes, and what is none of a line is left out of them; booleans are 1 and 0. */
export function lineOf(words: string, values: Readonly<Record<string, LineValue>> = {}): string {
  const said = Object.entries(values).map(([name, value]) => `${name}=${written(value)}`)
  return `${[words, ...said].join(' ')}\n`
}

function written(value: LineValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return String(value)
  return `"${value.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/["\\]/g, '\\$&')}"`
}

/** As the protocol has it: `false`, `0`, nothing. */
export function isFalse(value: string | true | undefined): boolean {
  return value === undefined || value === '' || value === '0' || isWord(value, 'false')
}

/** `true`, `yes`, a number from 1. */
export function isTrue(value: string | true | undefined): boolean {
  return (
    !isFalse(value) &&
    (value === true || isWord(value, 'true') || isWord(value, 'yes') || Number(value) >= 1)
  )
}

function isWord(value: string | true | undefined, word: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === word
}

/** What is inside base64; null where it is no JSON. */
export function jsonIn(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as unknown
  } catch {
    return null // what it is for says so to the sender
  }
}
