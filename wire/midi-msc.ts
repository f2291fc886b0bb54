import type { MidiMessage } from './midi.ts'
import { timeBytes, type Timecode } from './midi-mtc.ts'

/** What kind of equipment is meant (MIDI Show Control 1.1, RP-002/014, section 4.1): the general categories. */
export const showFormats = {
  lighting: 0x01,
  sound: 0x10,
  machinery: 0x20,
  video: 0x30,
  projection: 0x40,
  'process-control': 0x50,
  pyro: 0x60,
  all: 0x7f,
} as const

/** Commands that take a cue, its list and its path, each only with the one before it. */
const cued = { go: 0x01, stop: 0x02, resume: 0x03, load: 0x05, 'go-off': 0x0b, jam: 0x10 } as const
/** Commands that take nothing. */
const bare = { 'all-off': 0x08, restore: 0x09, reset: 0x0a } as const
/** Commands that take a cue list, or none for all that are open. */
const listed = {
  'standby-next': 0x11,
  'standby-previous': 0x12,
  'sequence-next': 0x13,
  'sequence-previous': 0x14,
  'clock-start': 0x15,
  'clock-stop': 0x16,
  'clock-zero': 0x17,
  'mtc-chase-on': 0x19,
  'mtc-chase-off': 0x1a,
  'list-open': 0x1b,
  'list-close': 0x1c,
} as const
/** Commands that take a cue path. */
const pathed = { 'path-open': 0x1d, 'path-close': 0x1e } as const

export type CuedShowCommand = keyof typeof cued
export type BareShowCommand = keyof typeof bare
export type ListedShowCommand = keyof typeof listed
export type PathedShowCommand = keyof typeof pathed
export const cuedShowCommands = Object.keys(cued) as readonly CuedShowCommand[] // their own keys, all four
export const bareShowCommands = Object.keys(bare) as readonly BareShowCommand[]
export const listedShowCommands = Object.keys(listed) as readonly ListedShowCommand[]
export const pathedShowCommands = Object.keys(pathed) as readonly PathedShowCommand[]

/** A cue number: digits and points, `235.6`. */
export interface Cue {
  readonly cue?: string | undefined
  readonly list?: string | undefined
  readonly path?: string | undefined
}

export type ShowCommand =
  | ({ readonly command: CuedShowCommand } & Cue)
  | ({ readonly command: 'timed-go'; readonly time: Timecode } & Cue)
  /** Sets a generic control: both 0 to 16,383; `time` is how long it takes. */
  | {
      readonly command: 'set'
      readonly control: number
      readonly value: number
      readonly time?: Timecode | undefined
    }
  | { readonly command: 'fire'; readonly macro: number }
  | { readonly command: BareShowCommand }
  | { readonly command: ListedShowCommand; readonly list?: string | undefined }
  | { readonly command: PathedShowCommand; readonly path: string }
  | { readonly command: 'clock-set'; readonly time: Timecode; readonly list?: string | undefined }

/** `F0 7F <device> 02 <format> <command> <data> F7`; device 127 is all of them. */
export function showMessage(to: ShowCommand, device: number, format: number): MidiMessage {
  const data = Uint8Array.of(0x7f, device, 0x02, format, ...commandBytes(to))
  return { kind: 'sysex', data }
}

function commandBytes(to: ShowCommand): readonly number[] {
  switch (to.command) {
    case 'go':
    case 'stop':
    case 'resume':
    case 'load':
    case 'go-off':
    case 'jam':
      return [cued[to.command], ...parts(to.cue, to.list, to.path)]
    case 'timed-go':
      return [0x04, ...timeBytes(to.time), 0, ...parts(to.cue, to.list, to.path)]
    case 'set': {
      const time = to.time === undefined ? [] : [...timeBytes(to.time), 0]
      return [0x06, to.control & 0x7f, to.control >> 7, to.value & 0x7f, to.value >> 7, ...time]
    }
    case 'fire':
      return [0x07, to.macro]
    case 'all-off':
    case 'restore':
    case 'reset':
      return [bare[to.command]]
    case 'clock-set':
      return [0x18, ...timeBytes(to.time), 0, ...parts(to.list)]
    case 'path-open':
    case 'path-close':
      return [pathed[to.command], ...parts(to.path)]
    default:
      return [listed[to.command], ...parts(to.list)]
  }
}

/** Cue data: ASCII digits and points with a zero byte between them. */
function parts(...texts: readonly (string | undefined)[]): readonly number[] {
  const given: string[] = []
  for (const text of texts) {
    // a list without a cue cannot be said
    if (text === undefined) break
    given.push(text)
  }
  return [...Buffer.from(given.join('\0'), 'latin1')]
}

const names = new Map<number, string>([
  ...[cued, bare, listed, pathed].flatMap((table) =>
    Object.entries(table).map(([name, code]): [number, string] => [code, name]),
  ),
  [0x04, 'timed-go'],
  [0x06, 'set'],
  [0x07, 'fire'],
  [0x18, 'clock-set'],
])
/** Where the cue data of a command begins, after its code; commands that are not here have none. */
const cueAt: Readonly<Record<string, number>> = { 'timed-go': 5, 'clock-set': 5 }
const noCue: ReadonlySet<string> = new Set(['set', 'fire', ...bareShowCommands])
/** Longer than any cue's number, list and path. */
const longestCue = 96

/** A show command that came in, in words; null where a SysEx is none that is known. Hostile. */
export function showWords(data: Uint8Array): {
  readonly device: number
  readonly format: number
  readonly command: string
  readonly cue: readonly string[]
} | null {
  const [universal, device = 0, kind, format = 0, code = 0] = data
  const command = names.get(code)
  if (universal !== 0x7f || kind !== 0x02 || data.length < 5 || command === undefined) return null
  const rest = data.subarray(5 + (cueAt[command] ?? 0))
  if (noCue.has(command) || rest.length === 0) return { device, format, command, cue: [] }
  const text = Buffer.from(rest.subarray(0, longestCue)).toString('latin1')
  if (!/^[\d.\0]+$/.test(text)) return null
  return { device, format, command, cue: text.split('\0') }
}
