import { Type } from 'typebox'
import {
  lastTrack,
  type MachineCommand,
  machineMessage,
  plainMachineCommands,
  speedMachineCommands,
} from '../wire/midi-mmc.ts'
import { action, type MidiAction, rate, seven, time, timed, whole } from './midi-action.ts'
import { everyDevice, type MidiOptions } from './midi-options.ts'

const device = Type.Optional(seven('Device id; the one of the config'))

const told = (
  command: MachineCommand,
  args: { readonly device?: number | undefined },
  { machine = everyDevice }: MidiOptions,
) => [machineMessage(command, args.device ?? machine)]

/** MIDI Machine Control: `mmc.play`, `mmc.record`, `mmc.locate` … */
export const machineActions: readonly MidiAction[] = [
  ...plainMachineCommands.map((command) =>
    action(`mmc.${command}`, `Machine control: ${command}`, { device }, (args, options) =>
      told({ command }, args, options),
    ),
  ),
  ...speedMachineCommands.map((command) =>
    action(
      `mmc.${command}`,
      `Machine control: ${command} at a speed`,
      {
        speed: Type.Number({
          minimum: -1000,
          maximum: 1000,
          description: '1 is play speed, negative backwards',
        }),
        device,
      },
      (args, options) => told({ command, speed: args.speed }, args, options),
    ),
  ),
  action(
    'mmc.step',
    'Machine control: steps, of a frame each by default',
    { steps: whole(-63, 63, 'Steps, negative backwards'), device },
    (args, options) => told({ command: 'step', steps: args.steps }, args, options),
  ),
  action(
    'mmc.locate',
    'Machine control: goes to a time',
    { time, rate, subframes: Type.Optional(whole(0, 99, 'Hundredths of a frame')), device },
    (args, options) =>
      timed(args, (time) =>
        told({ command: 'locate', time, subframes: args.subframes ?? 0 }, args, options),
      ),
  ),
  action(
    'mmc.arm',
    'Machine control: makes a track ready to record, or no longer',
    {
      track: whole(1, lastTrack, 'Track'),
      on: Type.Optional(Type.Boolean({ description: 'Ready; true' })),
      device,
    },
    (args, options) =>
      told({ command: 'arm', track: args.track, on: args.on ?? true }, args, options),
  ),
]
