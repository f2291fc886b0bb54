import { encodeMidi, hexOf, type MidiMessage } from '../../wire/midi.ts'
import { blankFace, type Face, type PanelControl, type Said, type Spot } from '../desk.ts'
import { connectionReply, lamp, motor, type RingMode, type Signal, signalOf } from './codec.ts'
import { pageDigits, timeDigits } from './digits.ts'
import type { Display, Drawn, Strip } from './display.ts'
import { type Fader, follow, forgotten, moved, newFader, refused, touched } from './fader.ts'
import { type Layout, spotKey } from './layout.ts'
import { faderRow, masterCol, type Model } from './model.ts'
import { lockedStrip, stripOfColumn, white } from './strip.ts'

/** What came of a message: what the hand said, what is to be sent, and whether the console forgot what it showed. */
export interface Came {
  readonly said: Said | null
  readonly send: readonly MidiMessage[]
  readonly hasForgotten: boolean
}

/** A console of the Mackie family: bytes in, gestures out; faces in, bytes out. No clock, no socket. */
export interface Console {
  /** Hostile: any MIDI. */
  hear(message: MidiMessage): Came
  /** All that makes the console show what it is to show, whatever it shows. */
  start(): readonly MidiMessage[]
  draw(control: PanelControl, face: Face): readonly MidiMessage[]
  /** Nothing came of a fader's being moved there: 0 to 1. */
  refused(spot: Spot, position: number): readonly MidiMessage[]
  page(page: number): readonly MidiMessage[]
  /** Locked, with so many digits typed; null: open. */
  lock(lock: { readonly digits: number } | null): readonly MidiMessage[]
  time(text: string): readonly MidiMessage[]
  /** Nobody drives it: lamps and rings out, and the words on the strips. Motors stay where they are. */
  part(upper: string, lower: string): readonly MidiMessage[]
}

export interface ConsoleOptions {
  readonly rings: RingMode
  readonly pagesAsKeys: boolean
}

/** The highest position of a fader: 14 bits. */
const top = 16_383
const nothingCame: Came = { said: null, send: [], hasForgotten: false }

export function consoleOf(
  model: Model,
  layout: Layout,
  display: Display,
  options: ConsoleOptions,
): Console {
  const shown = new Map<string, string>()
  const faces = new Map<string, Face>()
  const faders = new Map<number, Fader>(model.faders.map((fader) => [fader, newFader()]))
  let page: number | null = null
  let time = ''
  let locked: { readonly digits: number } | null = null
  /** What is on the strips when nobody drives it. */
  let parted: Strip | null = null

  const faceAt = (spot: Spot): Face => faces.get(spotKey(spot)) ?? blankFace

  /** Of what is to be shown that which is not. */
  function unlike(drawn: Drawn): readonly MidiMessage[] {
    return drawn.flatMap(([part, message]) => {
      const bytes = hexOf(encodeMidi(message))
      if (shown.get(part) === bytes) return []
      shown.set(part, bytes)
      return [message]
    })
  }

  function lampDrawn(spot: Spot): Drawn {
    const note = layout.lampOf.get(spotKey(spot))
    if (note === undefined) return []
    const isDark = locked !== null || parted !== null
    return [[`lamp ${note}`, lamp(note, isDark ? 'off' : lampOf(faceAt(spot)))]]
  }

  function ringDrawn(col: number): Drawn {
    const { level, lit } = faceAt({ row: 0, col })
    const isDark = locked !== null || parted !== null
    return display.ring(col, isDark ? null : level, options.rings, !isDark && lit)
  }

  function stripOf(col: number): Strip {
    if (parted !== null) return col === 0 ? parted : { upper: '', lower: '', colour: white }
    if (locked !== null) return lockedStrip(model, col, locked.digits)
    const column = layout.controls.filter((at) => at.col === col && at.row <= faderRow)
    return stripOfColumn(column.map((spot) => [spot, faceAt(spot)]))
  }

  function stripDrawn(col: number): Drawn {
    if (col >= model.strips.count) return []
    return display.strip(
      col,
      Array.from({ length: model.strips.count }, (_, n) => stripOf(n)),
    )
  }

  function digitsDrawn(): Drawn {
    if (!model.hasDigits) return []
    const hasFailed = [...faces.values()].some(({ state }) => state.is === 'failed')
    const isOut = parted !== null
    const typed = locked === null ? time : '-'.repeat(Math.min(10, locked.digits))
    return display.digits([
      ...pageDigits(isOut ? null : page, !isOut && hasFailed),
      ...timeDigits(isOut ? '' : typed),
    ])
  }

  function everythingDrawn(): Drawn {
    const cols = (count: number) => Array.from({ length: count }, (_, col) => col)
    return [
      ...layout.controls.flatMap((spot) => lampDrawn(spot)),
      ...cols(model.encoders).flatMap((col) => ringDrawn(col)),
      ...cols(model.strips.count).flatMap((col) => stripDrawn(col)),
      ...digitsDrawn(),
    ]
  }

  /** A motor is driven where its fader was let go, or where something moved: never as a part of what is shown. */
  function driven(fader: number, position: number | null): readonly MidiMessage[] {
    return position === null || !model.motors ? [] : [motor(fader, position)]
  }

  function faderSignal(signal: Extract<Signal, { readonly kind: 'touch' | 'fader' }>): Came {
    const fader = faders.get(signal.fader)
    if (fader === undefined) return nothingCame
    const spot = { row: faderRow, col: signal.fader }
    if (signal.kind === 'fader') {
      moved(fader, signal.position)
      return came({ type: 'fader', ...spot, position: signal.position / top })
    }
    if (!model.motors) return nothingCame
    const send = driven(signal.fader, touched(fader, signal.on))
    return { said: { type: 'touch', ...spot, on: signal.on }, send, hasForgotten: false }
  }

  function key(note: number, isDown: boolean): Came {
    const turns = model.pages.indexOf(note)
    if (turns !== -1 && !options.pagesAsKeys)
      return isDown ? came({ type: 'page', to: turns === 0 ? 'previous' : 'next' }) : nothingCame
    const at = model.digits.indexOf(note)
    if (locked !== null && at !== -1)
      return isDown ? came({ type: 'digit', digit: (at + 1) % 10 }) : nothingCame
    const spot = layout.spotOf.get(note)
    return spot === undefined ? nothingCame : came({ type: isDown ? 'down' : 'up', ...spot })
  }

  return {
    hear(message) {
      const signal = signalOf(message)
      if (signal === null) return nothingCame
      switch (signal.kind) {
        case 'key':
          return key(signal.note, signal.isDown)
        case 'touch':
        case 'fader':
          return faderSignal(signal)
        case 'turn':
          return signal.encoder < model.encoders
            ? came({ type: 'rotate', row: 0, col: signal.encoder, steps: signal.steps })
            : nothingCame
        case 'jog':
          return model.hasJog
            ? came({ type: 'rotate', row: 0, col: masterCol, steps: signal.steps })
            : nothingCame
        case 'asks': {
          const { serial, challenge } = signal
          const answer = connectionReply(model.device, serial, challenge)
          return { said: null, send: [answer], hasForgotten: true }
        }
        case 'ready':
          return { said: null, send: [], hasForgotten: true }
        default:
          return signal satisfies never
      }
    },
    start() {
      parted = null
      shown.clear()
      const motors = [...faders].flatMap(([n, fader]) => driven(n, forgotten(fader)))
      return [...unlike(everythingDrawn()), ...motors]
    },
    draw(control, face) {
      faces.set(spotKey(control), face)
      const { kind, row, col } = control
      const fader = kind === 'fader' ? faders.get(col) : undefined
      const isSettled = face.state.is !== 'pending'
      const wanted = face.level === null ? null : Math.round(clamped(face.level) * top)
      const motors = fader === undefined ? [] : driven(col, follow(fader, wanted, isSettled))
      const rings = kind === 'encoder' && col < model.encoders ? ringDrawn(col) : []
      const strips = row <= faderRow ? stripDrawn(col) : []
      return [...motors, ...unlike([...lampDrawn(control), ...rings, ...strips, ...digitsDrawn()])]
    },
    refused({ col }, position) {
      const fader = faders.get(col)
      return fader === undefined ? [] : driven(col, refused(fader, Math.round(position * top)))
    },
    page(next) {
      page = next
      return unlike(digitsDrawn())
    },
    lock(next) {
      locked = next
      return unlike(everythingDrawn())
    },
    time(text) {
      time = text
      return unlike(digitsDrawn())
    },
    part(upper, lower) {
      parted = { upper, lower, colour: white }
      return unlike(everythingDrawn())
    },
  }
}

function came(said: Said): Came {
  return { said, send: [], hasForgotten: false }
}

function clamped(level: number): number {
  return Math.min(1, Math.max(0, level))
}

/** A lamp blinks while nobody knows yet, while a second press is asked for, and where it failed. */
function lampOf({ state, lit }: Face): 'off' | 'blinks' | 'on' {
  switch (state.is) {
    case 'pending':
    case 'asks':
    case 'failed':
      return 'blinks'
    case 'idle':
    case 'confirmed':
    case 'sent':
      return lit ? 'on' : 'off'
    default:
      return state satisfies never
  }
}
