import { isAbsolute } from 'node:path'
import { type Static, Type } from 'typebox'
import { type Template, template } from '../template.ts'

const program = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      maxLength: 4096,
      description: 'Absolute: /usr/local/bin/tally. No shell looks for it.',
    }),
    args: Type.Optional(
      Type.Array(Type.String({ maxLength: 4096 }), {
        maxItems: 256,
        description:
          'Its arguments, one an element: ["--lamp", "{lamp}"]. Each stays one, whatever stands in its {places}. Never a secret: any user sees them.',
      }),
    ),
    cwd: Type.Optional(Type.String({ description: 'Its working folder, absolute.' })),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), Type.String(), {
        description:
          'Its environment, beside PATH, HOME, LANG, LC_ALL, TZ and TMPDIR of the hub; nothing else of the hub is passed on.',
        'x-secret': true,
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 3_600_000,
        description: 'How long it may run (30000), within the timeout of the device. ms',
      }),
    ),
    lane: Type.Optional(
      Type.Literal('slow', {
        description: 'slow: takes seconds, costs money or is limited in rate (docs/slow-lane.md).',
      }),
    ),
  },
  { additionalProperties: false },
)

export const options = Type.Object(
  {
    programs: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), program, {
      default: {},
      description: 'What a `fire` runs, by action. Nothing that does not stand here can be run.',
    }),
    sets: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), program, {
      default: {},
      description: 'What a `set` runs, by path, with {value}.',
    }),
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 32,
      default: 1,
      description: 'How many may run at once. 1: one after the other, in order.',
    }),
  },
  { additionalProperties: false },
)

export type ScriptOptions = Static<typeof options>
export type Program = Static<typeof program>

/** A program of the allow-list with its arguments. Its environment is added by the link: it may hold secrets. */
export interface ScriptCommand {
  readonly of: 'programs' | 'sets'
  readonly name: string
  readonly args: readonly string[]
}

/** A program of the config, compiled. */
export interface Prepared {
  readonly program: Program
  readonly args: readonly Template[]
  /** Each name once, in the order of its first place. */
  readonly names: readonly string[]
  /** Why the config cannot be used; null where it can. */
  readonly fault: string | null
}

export interface Compiled {
  readonly programs: ReadonlyMap<string, Prepared>
  readonly sets: ReadonlyMap<string, Prepared>
}

const cache = new WeakMap<ScriptOptions, Compiled>()

/** The options compiled, once per options object. */
export function compiled(options: ScriptOptions): Compiled {
  const known = cache.get(options)
  if (known !== undefined) return known
  const all = (programs: ScriptOptions['programs']) =>
    new Map(Object.entries(programs).map(([name, program]) => [name, prepared(program)]))
  const made = { programs: all(options.programs), sets: all(options.sets) }
  cache.set(options, made)
  return made
}

function prepared(program: Program): Prepared {
  const args = (program.args ?? []).map((text) => template(text))
  const names = [...new Set(args.flatMap((each) => each.names))]
  return { program, args, names, fault: faultOf(program) }
}

function faultOf({ path, cwd, args = [] }: Program): string | null {
  if (!isAbsolute(path)) return 'config: path: expected an absolute path'
  if (cwd !== undefined && !isAbsolute(cwd)) return 'config: cwd: expected an absolute path'
  const texts = [path, cwd ?? '', ...args]
  return texts.some((text) => text.includes('\0')) ? 'config: a NUL in a path or argument' : null
}
