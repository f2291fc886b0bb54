import { type Static, Type } from 'typebox'
import {
  bareShowCommands,
  cuedShowCommands,
  listedShowCommands,
  pathedShowCommands,
  type ShowCommand,
  showFormats,
  showMessage,
} from '../wire/midi-msc.ts'
import { action, type MidiAction, rate, seven, time, timed, whole } from './midi-action.ts'
import { everyDevice, type MidiOptions, showFormat } from './midi-options.ts'

const number = (description: string) =>
  Type.String({ pattern: '^\\d+(\\.\\d+)*$', maxLength: 32, description })
const cue = number('Cue number, 235.6')
const list = number('Cue list')
const path = number('Cue path')
const where = {
  device: Type.Optional(seven('Device id; the one of the config')),
  format: Type.Optional(showFormat),
}
const cueArgs = { cue: Type.Optional(cue), list: Type.Optional(list), path: Type.Optional(path) }

interface Where {
  readonly device?: number | undefined
  readonly format?: Static<typeof showFormat> | undefined
}

function told(command: ShowCommand, args: Where, options: MidiOptions) {
  const format = args.format ?? options.showFormat ?? 'lighting'
  const code = typeof format === 'number' ? format : showFormats[format]
  return [showMessage(command, args.device ?? options.show ?? everyDevice, code)]
}

/** What a cue command lacks: a list says nothing without its cue, a path nothing without its list. */
function gap(args: { readonly cue?: string; readonly list?: string; readonly path?: string }) {
  if (args.list !== undefined && args.cue === undefined) return '"list" needs a "cue"'
  return args.path !== undefined && args.list === undefined ? '"path" needs a "list"' : null
}

/** MIDI Show Control: `msc.go`, `msc.stop`, `msc.load` … */
export const showActions: readonly MidiAction[] = [
  ...cuedShowCommands.map((command) =>
    action(
      `msc.${command}`,
      `Show control: ${command}, of a cue or of the next`,
      { ...cueArgs, ...where },
      (args, options) => {
        const { cue, list, path } = args
        if (command === 'load' && cue === undefined) return '"cue" is missing'
        return gap(args) ?? told({ command, cue, list, path }, args, options)
      },
    ),
  ),
  action(
    'msc.timed-go',
    'Show control: go to a cue within a time',
    { time, ...cueArgs, rate, ...where },
    (args, options) => {
      const { cue, list, path } = args
      const go = timed(args, (time) =>
        told({ command: 'timed-go', time, cue, list, path }, args, options),
      )
      return gap(args) ?? go
    },
  ),
  action(
    'msc.set',
    'Show control: sets a generic control, in a time where one is given',
    {
      control: whole(0, 16_383, 'Number of the control'),
      value: whole(0, 16_383, 'Value'),
      time: Type.Optional(time),
      rate,
      ...where,
    },
    ({ control, value, time, ...args }, options) =>
      time === undefined
        ? told({ command: 'set', control, value }, args, options)
        : timed({ time, rate: args.rate }, (time) =>
            told({ command: 'set', control, value, time }, args, options),
          ),
  ),
  action(
    'msc.fire',
    'Show control: fires a macro',
    { macro: seven('Number of the macro'), ...where },
    (args, options) => told({ command: 'fire', macro: args.macro }, args, options),
  ),
  ...bareShowCommands.map((command) =>
    action(`msc.${command}`, `Show control: ${command}`, where, (args, options) =>
      told({ command }, args, options),
    ),
  ),
  ...listedShowCommands.map((command) =>
    action(
      `msc.${command}`,
      `Show control: ${command}, of a cue list or of all`,
      { list: Type.Optional(list), ...where },
      (args, options) => told({ command, list: args.list }, args, options),
    ),
  ),
  ...pathedShowCommands.map((command) =>
    action(`msc.${command}`, `Show control: ${command}`, { path, ...where }, (args, options) =>
      told({ command, path: args.path }, args, options),
    ),
  ),
  action(
    'msc.clock-set',
    'Show control: sets the clock of a cue list, or of all',
    { time, list: Type.Optional(list), rate, ...where },
    (args, options) =>
      timed(args, (time) => told({ command: 'clock-set', time, list: args.list }, args, options)),
  ),
]
