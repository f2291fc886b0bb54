import type { Model } from './model.ts'

/** So many notes in a row. */
const run = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, n) => first + n)

/** REC, SOLO, MUTE and SELECT above the faders of so many channels. */
const channelKeys = (channels: number) => ({
  1: run(0, channels),
  2: run(8, channels),
  3: run(16, channels),
  4: run(24, channels),
})

/** The keys beside the channels, by the sections of a Mackie Control. */
const sections = {
  /** F1 to F8 */
  6: run(54, 8),
  /** MIDI tracks, inputs, audio tracks, audio instruments, aux, buses, outputs, user */
  7: run(62, 8),
  /** track, send, pan, plug-in, EQ, instrument */
  8: run(40, 6),
  /** shift, option, control, alt; read, write, trim, touch, latch, group */
  9: run(70, 10),
  /** save, undo, cancel, enter; flip, global view, name/value, SMPTE/beats */
  10: [...run(80, 4), ...run(50, 4)],
  /** marker, nudge, cycle, drop, replace, click, solo */
  11: run(84, 7),
  /** rewind, forward, stop, play, record */
  12: run(91, 5),
  /** up, down, left, right, zoom, scrub, foot switches A and B */
  13: run(96, 8),
  /** channel left, channel right */
  14: [48, 49],
}

/** REC 1 to 8, then SOLO 1 and 2: the strips below show which digit is where. */
const channelDigits = [...run(0, 8), 8, 9]
const allFaders = run(0, 9)

const mackie: Model = {
  title: 'Mackie Control',
  device: 0x14,
  encoders: 8,
  hasJog: true,
  keys: { ...channelKeys(8), ...sections },
  pages: [46, 47],
  digits: channelDigits,
  faders: allFaders,
  motors: true,
  strips: { count: 8, letters: 6, colours: false },
  hasDigits: true,
}

const extender: Model = {
  ...mackie,
  title: 'Mackie Control XT',
  device: 0x15,
  hasJog: false,
  keys: channelKeys(8),
  faders: run(0, 8),
  hasDigits: false,
}

const coloured = { count: 8, letters: 7, colours: true } as const

const xTouch: Model = { ...mackie, title: 'X-Touch', strips: coloured }

/**
 * The models, by the name that the config gives them. Mackie Control: notes 0 to 118, controllers 10 to 4B hex, pitch bend on channels
 * 1 to 9 (Logic Control manual, appendix "MIDI implementation"; the same tables in the open document "Mackie Control Protocol" of
 * TouchMCU, measured on a Mackie Control Universal Pro). X-Touch, as measured by the public document "Xctl Protocol for X-Touch": the
 * same notes. X-Touch Mini in MC mode, and X-Touch Compact in MC mode: by several public maps that agree with each other.
 */
export const models = {
  mackie,
  'mackie-xt': extender,
  'x-touch': xTouch,
  'x-touch-extender': { ...extender, title: 'X-Touch-Ext', strips: coloured },
  'x-touch-one': {
    ...xTouch,
    title: 'X-Touch One',
    encoders: 1,
    keys: { ...sections, ...channelKeys(1) },
    // F1 to F6, then REC, SOLO, MUTE, SELECT: it has no row of eight
    digits: [...run(54, 6), 0, 8, 16, 24],
    faders: [0],
    strips: { count: 1, letters: 7, colours: true },
  },
  'x-touch-compact': {
    ...mackie,
    title: 'X-TOUCH COMPACT',
    hasJog: false,
    keys: {
      ...channelKeys(8),
      /** the pushes of the encoders at the right, as far as they have one, and main */
      8: [...run(40, 6), 46, 47, 48, 49, 50],
      11: [86],
      12: run(91, 5),
    },
    pages: [84, 85],
    strips: { count: 0, letters: 7, colours: false },
    hasDigits: false,
  },
  'x-touch-mini': {
    ...mackie,
    title: 'X-TOUCH MINI',
    hasJog: false,
    keys: { 1: [89, 90, ...run(40, 6)], 2: [87, 88, 91, 92, 86, 93, 94, 95] },
    pages: [84, 85],
    digits: [89, 90, ...run(40, 6), 87, 88],
    faders: [8],
    motors: false,
    strips: { count: 0, letters: 7, colours: false },
    hasDigits: false,
  },
} as const satisfies Readonly<Record<string, Model>>

export type ModelName = keyof typeof models

export const modelNames = Object.keys(models) as readonly ModelName[] // its own keys
