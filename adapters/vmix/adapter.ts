import { Type, type Static } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { standardActions } from '../../intents/standard.ts'
import type { ActionDescription, Adapter, Plan } from '../adapter.ts'
import { callOf, type Called } from './args.ts'
import { lineOf, type Call } from './call.ts'
import { argsSchema, functions } from './functions.ts'
import { openLink } from './link.ts'
import { callOfPath, isResynced } from './paths.ts'
import { standardCall, standardNames } from './standard.ts'

export const options = Type.Object(
  {
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Where vMix runs' }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 8099,
      description: 'Port of the TCP API',
    }),
    httpPort: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 8088,
      description: 'Port of the web controller, where the state is read',
    }),
    confirmMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 2000,
      description: 'How long the state may take to follow a function, beside its own duration. ms',
    }),
    replyMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 2000,
      description: 'How long vMix may take to answer a request. ms',
    }),
    pollMs: Type.Integer({
      minimum: 100,
      maximum: 60_000,
      default: 2000,
      description: 'How often the whole state is read, for what vMix does not push. ms',
    }),
  },
  { additionalProperties: false },
)
export type VmixOptions = Static<typeof options>

const flag = Type.Boolean()
const input = Type.Union([Type.Integer(), Type.String()], {
  description: 'Input by number, title or key',
})
const fader = Type.Number({ minimum: 0, maximum: 100, description: 'Position of the fader' })

const sets: readonly ActionDescription[] = [
  { verb: 'set', name: 'recording', description: 'Record', schema: flag },
  { verb: 'set', name: 'streaming', description: 'Stream', schema: flag },
  ...[1, 2, 3, 4, 5].map((n): ActionDescription => ({
    verb: 'set',
    name: `streaming/${n}`,
    description: `Stream ${n}`,
    schema: flag,
  })),
  { verb: 'set', name: 'external', description: 'External output', schema: flag },
  { verb: 'set', name: 'multiCorder', description: 'MultiCorder', schema: flag },
  { verb: 'set', name: 'fadeToBlack', description: 'Fade to black', schema: flag },
  { verb: 'set', name: 'active', description: 'Input on programme', schema: input },
  { verb: 'set', name: 'preview', description: 'Input on preview', schema: input },
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n): ActionDescription => ({
    verb: 'set',
    name: `overlay/${n}`,
    description: `Input on overlay ${n}; 0 or null for none`,
    schema: Type.Union([Type.Integer(), Type.String(), Type.Null()]),
  })),
  {
    verb: 'set',
    name: 'input/*',
    description: 'input/<number, title or key>/volume (0 to 100), /muted or /text/<field>',
    schema: Type.Union([fader, flag, Type.String()]),
  },
  { verb: 'set', name: 'audio/master/volume', description: 'Master volume', schema: fader },
  { verb: 'set', name: 'master/volume', description: 'Master volume', schema: fader },
  { verb: 'set', name: 'audio/master/muted', description: 'Mute the master', schema: flag },
]

const actions: readonly ActionDescription[] = [
  ...standardNames.flatMap((name): readonly ActionDescription[] => {
    const standard = standardActions.get(name)
    return standard === undefined
      ? []
      : [{ verb: 'fire', name, description: standard.description, schema: standard.args }]
  }),
  ...functions.map((one): ActionDescription => ({
    verb: 'fire',
    name: one.name,
    description: one.description,
    schema: argsSchema(one),
  })),
  {
    verb: 'fire',
    name: '*',
    description: 'Any other function of vMix by name, with its parameters',
    schema: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  },
  ...sets,
]

function called(action: string, args: Parameters<typeof callOf>[1]): Called {
  const standard = standardCall(action, args)
  if (standard === null) return callOf(action, args)
  if (!standard.ok) return { ok: false, failure: failed('malformed', standard.detail) }
  return callOf(standard.name, standard.args)
}

function planOf(result: Called): Plan<Call> {
  return result.ok ? { ok: true, command: result.call } : result
}

export const adapter: Adapter<typeof options, Call> = {
  protocol: 'vmix',
  title: 'vMix, the software video mixer',
  options,
  // vMix help, "TCP API": do not send several requests without waiting for each reply
  pipeline: () => 1,
  actions: () => actions,
  plan: (intent) =>
    planOf(
      intent.verb === 'set'
        ? callOfPath(intent.path, intent.value)
        : called(intent.action, intent.args),
    ),
  preview(call, { host, port }) {
    const { unless } = call
    const line = lineOf(call)
    const only =
      unless === null
        ? ''
        : `\n(not where ${unless.path} is ${JSON.stringify(unless.value)} already)`
    return { to: `tcp ${host}:${port}`, text: line + only, bytes: Buffer.from(`${line}\r\n`) }
  },
  resync: (lasting) => [...lasting.keys()].filter(isResynced),
  open: openLink,
}
