import { parseArguments, parseValue } from '../intents/arguments.ts'
import { asIntent, cancel, fire, gesture, misunderstood, named, run, set, shown } from './asked.ts'
import type { Wanted } from './companion.ts'
import { companionLine } from './companion-line.ts'

/** Each is parsed as JSON: what bounds the work of one line. */
const maxWords = 1000

/**
 * What a line asks for (README.md of `surfaces/tcp` has the grammar). Keywords in any case; words end at blanks, but
 * not inside `"…"`, `[…]` or `{…}`. The rest of what Companion's clients say is read by its own rules.
 */
export function parseCommand(line: string): Wanted {
  const companion = companionLine(line)
  if (companion !== null) return companion
  const words = split(line)
  if (words === null) return misunderstood('a " or bracket is not closed')
  if (words.length > maxWords) return misunderstood(`more than ${maxWords} words`)
  const [keyword = '', ...rest] = words
  const [first = '', second = ''] = rest.slice(0, 2).map(unquoted)
  const more = rest.slice(2)
  const verb = keyword.toUpperCase()
  const after = rest.length
  const control = after === 0 ? verb : `${verb} ${first}`
  switch (verb) {
    case 'FIRE': {
      const args = parseArguments(more)
      return args.ok
        ? fire(first, second, args.value, `${control} ${second}`)
        : misunderstood(args.detail)
    }
    case 'SET': {
      const [word] = more
      if (word === undefined || more.length > 1)
        return misunderstood('SET device path value: one value; put a text with blanks in "…"')
      const value = parseValue(word)
      return value.ok
        ? set(first, second, value.value, `${control} ${second}`)
        : misunderstood(value.detail)
    }
    case 'RUN': {
      const args = parseArguments(rest.slice(1))
      return args.ok ? run(first, args.value, control) : misunderstood(args.detail)
    }
    case 'DO': {
      const args = parseArguments(rest.slice(1))
      return args.ok ? named(first, args.value, control) : misunderstood(args.detail)
    }
    case 'CANCEL':
      return after === 1 ? cancel(first, control) : misunderstood('CANCEL run: one run id')
    case 'HOLD': {
      const word = first.toUpperCase()
      return after === 1 && (word === 'ON' || word === 'OFF')
        ? asIntent({ verb: 'hold', on: word === 'ON' }, verb)
        : misunderstood('HOLD is followed by ON or OFF')
    }
    case 'LOCATION': {
      const [page = '', row = '', col = '', extra] = first.split('/')
      return after === 2 && extra === undefined
        ? gesture(page, row, col, second.toLowerCase(), control)
        : misunderstood('LOCATION page/row/column and one gesture')
    }
    default:
      return misunderstood(
        `${shown(keyword)} is none of FIRE, SET, RUN, DO, CANCEL, HOLD, LOCATION, CUSTOM-VARIABLE, SURFACE and SURFACES`,
      )
  }
}

/** A name or action with blanks is written as `"two words"`. */
function unquoted(word: string): string {
  const parsed = word.startsWith('"') ? parseValue(word) : null
  return parsed?.ok === true && typeof parsed.value === 'string' ? parsed.value : word
}

/** The words of a line; null where a `"`, `[` or `{` that opens a value is not closed. Linear in the line's length. */
function split(line: string): readonly string[] | null {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (blank(line, at)) {
      at++
      continue
    }
    const from = at
    let opens = true
    let equals = false
    while (at < line.length && !blank(line, at)) {
      const char = line[at]
      if (opens && char === '"') at = stringEnd(line, at)
      else if (opens && (char === '[' || char === '{')) at = bracketEnd(line, at)
      else at++
      if (at === -1) return null
      opens = char === '=' && !equals
      equals ||= opens
    }
    words.push(line.slice(from, at))
  }
  return words
}

function blank(line: string, at: number): boolean {
  const char = line[at]
  return char === ' ' || char === '\t'
}

/** Behind the `"` that closes the one at `from`; -1 where none does. */
function stringEnd(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++)
    if (line[at] === '\\') at++
    else if (line[at] === '"') return at + 1
  return -1
}

/** Behind the bracket that closes the one at `from`; -1 where none does. */
function bracketEnd(line: string, from: number): number {
  let depth = 0
  let at = from
  while (at !== -1 && at < line.length) {
    const char = line[at]
    if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
    at = char === '"' ? stringEnd(line, at) : at + 1
    if (depth === 0) return at
  }
  return -1
}
