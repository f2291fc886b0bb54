import type { Json } from '../intents/json.ts'

/** Keys and list indexes from the file's root: `['devices', 'desk', 'port']`. */
export type Path = readonly (string | number)[]

/** Line and column, both from 1, as editors count them. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** One thing wrong in the config file: where, what was expected, what stands there. */
export interface ConfigFault extends Place {
  readonly file: string
  /** `devices.desk.port`; empty for the file as a whole. */
  readonly path: string
  readonly expected: string
  /** What stands there, shortened; for a key that may hold a secret only its kind. */
  readonly found: string
  /** All of it in one line: `infra.yaml:12:11 devices.desk.port: expected …, found "nine"`. */
  readonly message: string
}

/** Makes a fault and its one-line message. */
export function configFault(
  file: string,
  place: Place,
  path: Path,
  expected: string,
  found: string,
): ConfigFault {
  const where = pathText(path)
  const message = `${file}:${place.line}:${place.column} ${where === '' ? '' : `${where}: `}expected ${expected}, found ${found}`
  return { file, line: place.line, column: place.column, path: where, expected, found, message }
}

/** `devices.relay.hosts[0]`. */
function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? plain(part) : `${text}.${plain(part)}`
  }, '')
}

/** Nobody reads more, and a hostile file cannot make us keep more. */
export const mostFaults = 1000

/** Keys whose value never appears in an error text, because people put secrets there. */
const secretKey = /pass|secret|token|credential|auth|key$/i

/** 60 characters: enough to recognise what was typed. */
const shownChars = 60

/** What stands at `path`, in words. */
export function foundText(value: Json | undefined, path: Path): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (path.some((part) => typeof part === 'string' && secretKey.test(part)))
    return `a ${typeof value} (not shown)`
  // people put a password into an address, too
  if (typeof value === 'string' && /:\/\/[^/]*@/.test(value)) return 'a string (not shown)'
  return typeof value === 'string' ? JSON.stringify(shorten(value)) : String(value)
}

/** In the order of the file. */
export function byPlace(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column
}

/** A name as an error shows it: short, and without characters that would steer a terminal. */
export function plain(name: string): string {
  return shorten(name).replaceAll(/\p{C}/gu, '?')
}

/** At most {@link shownChars}: text from a file can be of any length. */
function shorten(text: string): string {
  return text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`
}
