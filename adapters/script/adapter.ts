import { Buffer } from 'node:buffer'
import { Type } from 'typebox'
import type { DeviceIntent } from '../../intents/intent.ts'
import type { ActionDescription, Adapter } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import {
  fill,
  malformed,
  quoted,
  type Read,
  readArgs,
  type Values,
  type Writing,
} from '../template.ts'
import { ScriptLink } from './link.ts'
import {
  compiled,
  options,
  type Prepared,
  type ScriptCommand,
  type ScriptOptions,
} from './options.ts'

/** 96 KiB: below what Linux lets one argument have (128 KiB), and more than any hand types. */
const maxArgsBytes = 96 * 1024

const free: Writing = {
  write: (text) => (text.includes('\0') || !text.isWellFormed() ? null : text),
  expected: 'text of whole Unicode characters without NUL',
}
/** What begins with a dash at the beginning of an argument would be an option of the program, not a value. */
const first: Writing = {
  write: (text) => (text.startsWith('-') ? null : free.write(text)),
  expected:
    'text that does not begin with - (a program would take it for an option) and has no NUL',
}

export const adapter: Adapter<typeof options, ScriptCommand> = {
  protocol: 'script',
  title: 'Programs of this machine, by an allow-list',
  options,
  pipeline: ({ concurrency }) => concurrency,
  actions,
  plan(intent, options) {
    const read = commandOf(intent, options)
    return read.ok ? { ok: true, command: read.value } : read
  },
  preview({ of, name, args }, options) {
    const program = options[of][name]
    const argv = [program?.path ?? name, ...args]
    return { to: `program ${name}`, text: JSON.stringify(argv), bytes: null }
  },
  isSlow(intent, { programs, sets }) {
    const program = intent.verb === 'set' ? sets[intent.path] : programs[intent.action]
    return program?.lane === 'slow'
  },
  // a program says nothing of what it has set: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const link = new ScriptLink(options, context)
    link.open()
    return link
  },
}

function commandOf(intent: DeviceIntent, options: ScriptOptions): Read<ScriptCommand> {
  const { programs, sets } = compiled(options)
  if (intent.verb === 'set') {
    const declared = sets.get(intent.path)
    if (declared === undefined) return unknownName('path', intent.path, sets.keys())
    const other = declared.names.find((name) => name !== 'value')
    if (other !== undefined)
      return malformed(`config: sets ${quoted(intent.path)} has {${other}}; only {value} is filled`)
    return filled('sets', intent.path, declared, new Map([['value', intent.value]]))
  }
  const declared = programs.get(intent.action)
  if (declared === undefined) return unknownName('action', intent.action, programs.keys())
  const values = readArgs(declared.names, intent.args)
  return values.ok ? filled('programs', intent.action, declared, values.value) : values
}

function filled(
  of: ScriptCommand['of'],
  name: string,
  declared: Prepared,
  values: Values,
): Read<ScriptCommand> {
  if (declared.fault !== null) return malformed(declared.fault)
  const args: string[] = []
  for (const template of declared.args) {
    // behind `--` programs take nothing for an option (POSIX, Utility Syntax Guideline 10)
    const leads = template.texts[0] === '' && !args.includes('--')
    const read = fill(template, values, leads ? leading() : free)
    if (!read.ok) return read
    args.push(read.value)
  }
  const bytes = args.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0)
  if (bytes > maxArgsBytes) return malformed(`arguments of ${bytes} bytes, at most ${maxArgsBytes}`)
  return { ok: true, value: { of, name, args } }
}

/** The rule for an argument that begins with a place: the first place of it is what it begins with. */
function leading(): Writing {
  let begun = false
  return {
    expected: first.expected,
    write(text) {
      const rule = begun ? free : first
      // nothing in the first place: what follows leads
      begun ||= text !== ''
      return rule.write(text)
    },
  }
}

const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

function actions(options: ScriptOptions): readonly ActionDescription[] {
  const { programs, sets } = compiled(options)
  const fires = [...programs].map(([name, { names, program }]): ActionDescription => {
    const properties = Object.fromEntries(names.map((each) => [each, scalar]))
    const schema = Type.Object(properties, { additionalProperties: false })
    return { verb: 'fire', name, description: `Runs ${program.path}.`, schema }
  })
  const paths = [...sets].map(([name, { program }]): ActionDescription => {
    return {
      verb: 'set',
      name,
      description: `Runs ${program.path} with the value.`,
      schema: scalar,
    }
  })
  return [...fires, ...paths]
}
