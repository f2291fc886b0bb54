import { standardActions } from '../../intents/standard.ts'
import type { ActionDescription, Adapter } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { type Called, callOf } from './args.ts'
import { type Call, textOf } from './call.ts'
import { openLink } from './link.ts'
import { options } from './options.ts'
import { callOfPath, isResynced, sets } from './paths.ts'
import { argsSchema, requestNamed, requests } from './requests.ts'
import { standardCall, standardNames } from './standard.ts'

/**
 * 64 under way: the link sends the next when OBS has answered the one before, and waits for their effects side by side, so
 * that a cut need not wait for the end of a recording.
 */
const pipelined = 64

const actions: readonly ActionDescription[] = [
  ...standardNames.flatMap((name): readonly ActionDescription[] => {
    const standard = standardActions.get(name)
    return standard === undefined
      ? []
      : [{ verb: 'fire', name, description: standard.description, schema: standard.args }]
  }),
  ...requests.map((one): ActionDescription => ({
    verb: 'fire',
    name: one.name,
    description: one.description,
    schema: argsSchema(one),
  })),
  ...sets,
]

const names = actions.filter(({ verb }) => verb === 'fire').map(({ name }) => name)

export const adapter: Adapter<typeof options, Call> = {
  protocol: 'obs',
  title: 'OBS Studio, by obs-websocket 5',
  options,
  pipeline: () => pipelined,
  actions: () => actions,
  plan(intent, _, reported) {
    const called: Called =
      intent.verb === 'set'
        ? callOfPath(intent.path, intent.value)
        : (standardCall(intent.action, intent.args, reported) ?? native(intent.action, intent.args))
    return called.ok ? { ok: true, command: called.call } : called
  },
  preview: (call, { host, port }) => ({
    to: `ws ${host}:${port}`,
    text: textOf(call),
    // the number of the request is the link's
    bytes: null,
  }),
  resync: (lasting) => [...lasting.keys()].filter(isResynced),
  open: openLink,
}

function native(action: string, args: Parameters<typeof callOf>[1]): Called {
  const request = requestNamed(action)
  return request === null ? unknownName('action', action, names) : callOf(request, args)
}
