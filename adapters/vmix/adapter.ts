import { failed } from '../../intents/failure.ts'
import { standardActions } from '../../intents/standard.ts'
import type { ActionDescription, Adapter, Plan } from '../adapter.ts'
import { callOf, rawAction, rawSchema, type Called } from './args.ts'
import { lineOf, type Call } from './call.ts'
import { argsSchema, functions } from './functions.ts'
import { openLink } from './link.ts'
import { options } from './options.ts'
import { callOfPath, isResynced } from './paths.ts'
import { sets } from './sets.ts'
import { standardCall, standardNames } from './standard.ts'

/**
 * 64 under way. vMix help, "TCP API": do not send several requests without waiting for each reply. So the link sends the next
 * when vMix has answered the one before, and waits for their effects side by side: a cut need not wait for the end of a fade.
 */
const pipelined = 64

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
    name: rawAction,
    description: 'Any function by name, also one that is newer than this list, with its parameters',
    schema: rawSchema,
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
  pipeline: () => pipelined,
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
