import type { Json } from '../intents/json.ts'
import type { MidiMessage } from '../wire/midi.ts'
import type { ActionDescription } from './adapter.ts'
import { control14 } from './midi-actions.ts'
import { seven, whole } from './midi-action.ts'

/** A lasting value by path; `numbers` are those of the path after its first word, the first is the channel. */
interface MidiSet {
  readonly word: string
  readonly description: string
  readonly least: number
  readonly most: number
  /** The last number that may follow the channel; null where none does. */
  readonly lastNumber: number | null
  make(channel: number, number: number, value: number): readonly MidiMessage[]
}

const sets: readonly MidiSet[] = [
  {
    word: 'cc',
    description: 'cc/<channel>/<controller>: value of a controller',
    least: 0,
    most: 127,
    lastNumber: 127,
    make: (channel, controller, value) => [{ kind: 'control', channel, controller, value }],
  },
  {
    word: 'cc14',
    description: 'cc14/<channel>/<controller below 32>: value of 14 bits',
    least: 0,
    most: 16_383,
    lastNumber: 31,
    make: control14,
  },
  {
    word: 'note',
    description: 'note/<channel>/<note>: velocity of a note or brightness of a lamp; 0: off',
    least: 0,
    most: 127,
    lastNumber: 127,
    // most panels know their lamps by note-on alone
    make: (channel, note, velocity) => [{ kind: 'note-on', channel, note, velocity }],
  },
  {
    word: 'program',
    description: 'program/<channel>: program',
    least: 0,
    most: 127,
    lastNumber: null,
    make: (channel, _, program) => [{ kind: 'program', channel, program }],
  },
  {
    word: 'pitch',
    description: 'pitch/<channel>: pitch wheel, or a motor fader; 0 is the middle',
    least: -8192,
    most: 8191,
    lastNumber: null,
    make: (channel, _, value) => [{ kind: 'pitch', channel, value }],
  },
  {
    word: 'pressure',
    description: 'pressure/<channel>: aftertouch, or a meter',
    least: 0,
    most: 127,
    lastNumber: null,
    make: (channel, _, pressure) => [{ kind: 'pressure', channel, pressure }],
  },
  {
    word: 'key-pressure',
    description: 'key-pressure/<channel>/<note>: aftertouch of one note',
    least: 0,
    most: 127,
    lastNumber: 127,
    make: (channel, note, pressure) => [{ kind: 'poly-pressure', channel, note, pressure }],
  },
]

export const midiSets: readonly ActionDescription[] = sets.map((each) => ({
  verb: 'set',
  name: `${each.word}/*`,
  description: each.description,
  schema:
    each.most === 127 ? seven(each.description) : whole(each.least, each.most, each.description),
}))

/** The first words of the paths. */
export const midiSetWords: readonly string[] = sets.map(({ word }) => word)

/** The messages of a `set`; text: what is wrong with it; null: no path of that name. */
export function midiSet(path: string, value: Json): readonly MidiMessage[] | string | null {
  const [word = '', ...rest] = path.split('/')
  const set = sets.find((each) => each.word === word)
  if (set === undefined) return null
  const { least, most, lastNumber } = set
  const [channel, number = 0] = rest.map((each) => (/^\d{1,3}$/.test(each) ? Number(each) : -1))
  const isWhole = rest.length === (lastNumber === null ? 1 : 2)
  if (!isWhole || channel === undefined || channel < 1 || channel > 16)
    return `${set.description.split(':', 1)[0]}: the channel is from 1 to 16`
  if (number < 0 || number > (lastNumber ?? 0))
    return `${path}: the last number is from 0 to ${lastNumber}`
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    return `${path} must be a whole number from ${least} to ${most}`
  return set.make(channel, number, value)
}
