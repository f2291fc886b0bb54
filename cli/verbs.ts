import type { Command } from 'commander'
import { isId, type DeviceId, type MacroId, type RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { dryRunOptions, runDry, type DryRunWords } from './dry-run.ts'
import { Stop } from './exit.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { submit } from './submit.ts'
import { args, literal, pairs } from './words.ts'

/** One command that hands one intent to the hub. `intent` makes it of the command's arguments. */
function verb(
  program: Command,
  words: { usage: string; summary: string; description: string; example: readonly string[] },
  intent: (...words: readonly (string | readonly string[])[]) => Intent,
): Command {
  const command = program
    .command(words.usage)
    .summary(words.summary)
    .description(words.description)
    .option('--no-wait', 'do not wait for the outcome')
  return example(hubOptions(command), ...words.example).action(async () => {
    // commander has checked the number of arguments; the rest of its types it does not know
    const given = command.processedArgs as readonly (string | readonly string[])[]
    const options: DryRunWords & { wait?: boolean } = command.opts()
    const wanted = intent(...given)
    if (wanted.verb === 'run' && options.dryRun === true)
      return runDry(wanted, options, wantsJson(command))
    const only = options.at ?? options.bundle ?? options.data ?? options.config
    if (only !== undefined)
      throw new Stop('usage', 'a running hub runs a macro now, in its own room', {
        hint: 'to see what it would do in a recorded one: --dry-run',
      })
    const wait = options.wait !== false
    await submit(hubOf(command), wanted, { wait, json: wantsJson(command) })
  })
}

const one = (word: string | readonly string[] | undefined) => (typeof word === 'string' ? word : '')
const many = (words: string | readonly string[] | undefined) =>
  Array.isArray(words) ? (words as readonly string[]) : []

/** `fire`, `set`, `do`, `run`, `cancel`, `hold`: what can be wanted, one command each. */
export function addVerbs(program: Command): void {
  verb(
    program,
    {
      usage: 'fire <device> <action> [args...]',
      summary: 'have a device do something once',
      description:
        'Have a device do something once. Arguments are key=value or bare values; each value is JSON where it parses, else the bare word. Never sent again by itself once it may have left.',
      example: ['infra fire mypro Cut', 'infra fire desk /cue/go 1', 'infra fire relay on n=3'],
    },
    (device, action, rest) => ({
      verb: 'fire',
      device: one(device) as DeviceId, // the hub says no to a name it does not have
      action: one(action),
      args: args(many(rest)),
    }),
  )
  verb(
    program,
    {
      usage: 'set <device> <path> <value>',
      summary: 'set a lasting value of a device',
      description:
        'Set a lasting value: the last one wins, and it is sent again after a reconnect. The value is JSON where it parses, else the bare word.',
      example: ['infra set desk /master/level 0.8', 'infra set mypro text \'"Good evening"\''],
    },
    (device, path, value) => ({
      verb: 'set',
      device: one(device) as DeviceId, // as above
      path: one(path),
      value: literal(one(value)),
    }),
  )
  verb(
    program,
    {
      usage: 'do <name> [args...]',
      summary: 'do what a named or standard intent stands for',
      description:
        'Do what a named intent of the config (studio_dark_mode) or of the standard vocabulary (record.start) stands for. Arguments are key=value. It ends as the worst of its parts.',
      example: ['infra do studio_dark_mode', 'infra do record.start device=mypro'],
    },
    (name, rest) => ({ verb: 'do', name: one(name), args: pairs(many(rest)) }),
  )
  const run = verb(
    program,
    {
      usage: 'run <macro> [args...]',
      summary: 'run a macro',
      description:
        'Run a macro. Arguments are key=value. Waits until the run is through; Ctrl-C ends the waiting, not the run: infra cancel does that. With --dry-run nothing is sent and nothing is recorded: the macro runs in the room as it was recorded, and what it would have sent is printed.',
      example: [
        'infra run start_production',
        'infra run start_production --no-wait',
        'infra run start_production --dry-run --at 2026-03-01T20:14:07',
        'infra run start_production --dry-run --bundle evening.ifw.ndjson --config studio.yaml',
      ],
    },
    (macro, rest) => ({ verb: 'run', macro: one(macro) as MacroId, args: pairs(many(rest)) }),
  )
  dryRunOptions(run)
  verb(
    program,
    {
      usage: 'cancel <run>',
      summary: "stop a macro's run",
      description: 'Stop a run. RUN is the id that infra run printed.',
      example: ['infra cancel 019283b2-7c1e-7abc-8def-0123456789ab'],
    },
    (run) => ({ verb: 'cancel', run: runId(one(run)) }),
  )
  verb(
    program,
    {
      usage: 'hold <on|off>',
      summary: 'the panic stop: devices get nothing until it is off',
      description:
        'The panic stop. While it is on, everything for a device is refused with "held"; nothing is kept for later.',
      example: ['infra hold on', 'infra hold off'],
    },
    (word) => ({ verb: 'hold', on: onOff(one(word)) }),
  )
}

function runId(text: string): RunId {
  if (isId(text)) return text as string as RunId // a run's id is that of the intent that started it
  throw new Stop('usage', `"${text}" is not the id of a run`, {
    hint: 'infra runs list shows it',
  })
}

function onOff(word: string): boolean {
  if (word === 'on' || word === 'off') return word === 'on'
  throw new Stop('usage', `hold is "on" or "off", not "${word}"`, { hint: 'infra hold on' })
}
