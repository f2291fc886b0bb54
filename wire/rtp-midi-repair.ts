import type { ChannelMessage, MidiMessage } from './midi.ts'
import { isAction } from './rtp-midi-told.ts'
import type { ChannelJournal, ControlLog, Journal } from './rtp-midi-journal.ts'

type Pair = readonly [msb: number, lsb: number]

/** What one channel is known to be. */
interface Known {
  program: number
  /** The bank that it was chosen from, and the one that the next is chosen from; -1 where none was said. */
  bank: Pair
  nextBank: Pair
  readonly controls: Map<number, number>
  /** How often a controller came, and how often it went over its middle, since the stream began; modulo 64. */
  readonly counts: Map<number, number>
  readonly toggles: Map<number, number>
  wheel: number
  /** Velocities of the notes that are on. */
  readonly notes: Map<number, number>
  pressure: number
  readonly keys: Map<number, number>
}

/** Controllers that stand above their middle before anybody moves them: their toggle count begins at 1. */
const onAtFirst: ReadonlySet<number> = new Set([
  7, 8, 10, 11, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
])

/**
 * The receiver's side of the recovery journal (RFC 6295 section 6): knows what the stream has set, and after a loss
 * finds what the journal says differently. A note that was struck and released while packets were lost stays unheard.
 */
export class Repairer {
  readonly #channels = new Map<number, Known>()

  /** A message of the stream came, in order. */
  saw(message: MidiMessage): void {
    if (message.kind === 'reset') this.#channels.clear()
    if ('channel' in message) learn(this.#channel(message.channel), message)
  }

  /** The messages that put right what was lost, in the order to be carried out. They count as seen. */
  repair(journal: Journal): readonly MidiMessage[] {
    return journal.channels.flatMap((each) => {
      const known = this.#channel(each.channel)
      return [...programs(each, known), ...controls(each, known), ...voices(each, known)]
    })
  }

  #channel(channel: number): Known {
    const known = this.#channels.get(channel) ?? {
      program: -1,
      bank: [-1, 0],
      nextBank: [-1, 0],
      controls: new Map(),
      counts: new Map(),
      toggles: new Map(),
      wheel: 0,
      notes: new Map(),
      pressure: 0,
      keys: new Map(),
    }
    this.#channels.set(channel, known)
    return known
  }
}

function learn(known: Known, message: ChannelMessage): void {
  switch (message.kind) {
    case 'note-on':
      if (message.velocity > 0) known.notes.set(message.note, message.velocity)
      else known.notes.delete(message.note)
      return
    case 'note-off':
      known.notes.delete(message.note)
      return
    case 'poly-pressure':
      known.keys.set(message.note, message.pressure)
      return
    case 'program':
      known.program = message.program
      known.bank = known.nextBank
      return
    case 'pressure':
      known.pressure = message.pressure
      return
    case 'pitch':
      known.wheel = message.value
      return
    case 'control':
      learnControl(known, message.controller, message.value)
      return
    default:
      message satisfies never
  }
}

function learnControl(known: Known, controller: number, value: number): void {
  known.counts.set(controller, (countOf(known, controller) + 1) & 0x3f)
  const wasOn = (known.controls.get(controller) ?? (onAtFirst.has(controller) ? 127 : 0)) >= 64
  if (wasOn !== value >= 64)
    known.toggles.set(controller, (togglesOf(known, controller) + 1) & 0x3f)
  known.controls.set(controller, value)
  if (controller === 0) known.nextBank = [value, 0]
  if (controller === 32) known.nextBank = [known.nextBank[0], value]
  if (!isAction(controller)) return
  known.pressure = 0
  if (controller === 121) {
    known.wheel = 0
    known.keys.clear()
  } else known.notes.clear()
}

const countOf = (known: Known, controller: number) => known.counts.get(controller) ?? 0
const togglesOf = (known: Known, controller: number) =>
  known.toggles.get(controller) ?? (onAtFirst.has(controller) ? 1 : 0)

type Repairs = readonly MidiMessage[]

/** Learns as it goes, so that each repair sees the one before. */
function told(known: Known, messages: readonly ChannelMessage[]): Repairs {
  for (const message of messages) learn(known, message)
  return messages
}

function programs({ channel, program }: ChannelJournal, known: Known): Repairs {
  if (program === null) return []
  const { bank } = program
  const [msb, lsb] = known.bank
  const sameBank = bank === null || (bank.msb === msb && bank.lsb === lsb)
  if (program.program === known.program && sameBank) return []
  const select: readonly ChannelMessage[] =
    bank === null
      ? []
      : [
          { kind: 'control', channel, controller: 0, value: bank.msb },
          { kind: 'control', channel, controller: 32, value: bank.lsb },
        ]
  return told(known, [...select, { kind: 'program', channel, program: program.program }])
}

function controls({ channel, controls }: ChannelJournal, known: Known): Repairs {
  return controls.flatMap((log) => {
    const value = missed(log, known)
    if (value === null) return []
    const { controller } = log
    const repaired = told(known, [{ kind: 'control', channel, controller, value }])
    // the sender's count is the stream's
    if (log.tool === 'count') known.counts.set(controller, log.value)
    if (log.tool === 'toggle') known.toggles.set(controller, log.value)
    return repaired
  })
}

/** The value that a controller is to be given; null where nothing of it was missed. */
function missed({ controller, tool, value }: ControlLog, known: Known): number | null {
  switch (tool) {
    case 'value':
      return known.controls.get(controller) === value ? null : value
    case 'toggle':
      return togglesOf(known, controller) === value ? null : value % 2 === 1 ? 127 : 0
    case 'count':
      return countOf(known, controller) === value ? null : 0
    default:
      return tool satisfies never
  }
}

function voices(journal: ChannelJournal, known: Known): Repairs {
  const { channel, wheel, on, off, pressure, keys } = journal
  const found: ChannelMessage[] = []
  if (wheel !== null && wheel.value !== known.wheel)
    found.push({ kind: 'pitch', channel, value: wheel.value })
  for (const note of off.notes)
    if (known.notes.has(note)) found.push({ kind: 'note-off', channel, note, velocity: 64 })
  for (const { note, velocity, play } of on) {
    const sounding = known.notes.get(note)
    if (sounding === velocity || velocity === 0 || !play) continue
    // struck again while nobody heard: it ends first
    if (sounding !== undefined) found.push({ kind: 'note-off', channel, note, velocity: 64 })
    found.push({ kind: 'note-on', channel, note, velocity })
  }
  if (pressure !== null && pressure.pressure !== known.pressure)
    found.push({ kind: 'pressure', channel, pressure: pressure.pressure })
  for (const { note, pressure, ended } of keys)
    if (!ended && known.keys.get(note) !== pressure)
      found.push({ kind: 'poly-pressure', channel, note, pressure })
  return told(known, found)
}
