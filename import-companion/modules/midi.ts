import type { JsonObject } from '../../intents/json.ts'
import { number, own, text } from '../field.ts'
import type { Action } from '../model.ts'
import { type Acted, type Module, no, unknownAction } from './module.ts'

// companion-module-generic-midi, src/operations.ts and src/midi/msgtypes.ts: a message of MIDI each. Channels count from 1, there
// and here; programs from 1 there and from 0 here; a pitch wheel in the middle is 8192 there and 0 here.

export const midi: Module = {
  ids: ['generic-midi'],
  open({ config }, name) {
    const output = port(config, 'out')
    const input = port(config, 'in')
    if (output === '' && input === '') return 'it has no MIDI port'
    const direction = output === '' ? 'in' : input === '' ? 'out' : 'both'
    const listens = direction === 'both' && input !== output ? { input } : {}
    const options = { output: output === '' ? input : output, direction, ...listens }
    return {
      devices: () => [{ name, protocol: 'midi', options }],
      act: (action) => acted(name, action),
      lit: () => null,
      notes: [],
    }
  },
}

/** The module writes this where the machine had none. */
function port(config: JsonObject, way: 'in' | 'out'): string {
  const name = text(config, `${way}PortName`) ?? ''
  return name === 'NONE DETECTED' ? '' : name
}

function acted(device: string, action: Action): Acted {
  const { name, options } = action
  if (own(options, 'relValue') === true) return no('it changes a value by steps')
  if (own(options, 'sendOverTime') === true) return no('it goes to its value over time')
  if (name === 'sysex') return sysex(device, text(options, 'bytes') ?? '')
  const channel = within(options, 'channel', 1, 1, 16)
  const velocity = (standard: number) => within(options, 'velocity', standard, 0, 127)
  const note = within(options, 'note', 60, 0, 127)
  const fire = (called: string, args: JsonObject): Acted => ({
    ok: true,
    fires: [{ device, action: called, args: { channel, ...args } }],
  })
  switch (name) {
    case 'noteon': {
      const pressed = velocity(127)
      // a note on of no velocity is how MIDI may write a note off: it goes out as it stands
      if (pressed > 0) return fire('note.on', { note, velocity: pressed })
      return {
        ok: true,
        fires: [{ device, action: 'raw', args: { bytes: [0x8f + channel, note, 0] } }],
      }
    }
    case 'noteoff':
      return fire('note.off', { note, velocity: velocity(0) })
    case 'cc':
      return fire('control', {
        controller: within(options, 'controller', 127, 0, 127),
        value: within(options, 'value', 0, 0, 127),
      })
    case 'program': {
      const key = own(options, 'program') == null ? 'number' : 'program' // as it was called before
      return fire('program', { program: within(options, key, 1, 1, 128) - 1 })
    }
    case 'pitch':
      return fire('pitch', { value: within(options, 'value', 8192, 0, 16_383) - 8192 })
    default:
      return unknownAction('generic-midi', action)
  }
}

/** The module bounds what it sends in the same way. */
function within(options: JsonObject, key: string, standard: number, least: number, most: number) {
  return Math.min(most, Math.max(least, Math.round(number(options, key) ?? standard)))
}

/** Decimal numbers, or hexadecimal ones with `0x`, between blanks and commas. */
function sysex(device: string, written: string): Acted {
  const bytes = written
    .split(/[ ,]+/)
    .filter((one) => one !== '')
    .map(Number)
  if (bytes.length < 3 || bytes[0] !== 0xf0 || bytes.at(-1) !== 0xf7)
    return no('its bytes are no system exclusive message, from F0 to F7')
  if (bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 0xff))
    return no('its bytes are no numbers from 0 to 255')
  return { ok: true, fires: [{ device, action: 'sysex', args: { bytes } }] }
}
