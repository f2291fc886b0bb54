import { failed } from '../../intents/failure.ts'
import type { DeviceIntent } from '../../intents/intent.ts'
import {
  DeliveryError,
  type Adapter,
  type Link,
  type LinkContext,
  type Reported,
} from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { malformed } from '../template.ts'
import { actions } from './actions.ts'
import { callOf, type Called } from './args.ts'
import { type HaCommand, messageOf } from './command.ts'
import { discovery } from './discovery.ts'
import { openLink } from './link.ts'
import { type HaOptions, options, placeOf } from './options.ts'
import { callOfPath, isResynced } from './paths.ts'
import { likeMissing } from './services.ts'
import { standardCall } from './standard.ts'

export const adapter: Adapter<typeof options, HaCommand> = {
  protocol: 'ha',
  title: 'Home Assistant: lights, switches, scenes and all else of the house',
  options,
  // every request has an id of its own; what must keep its order waits in the link (turns.ts)
  pipeline: () => 16,
  actions: () => actions,
  plan(intent, options, reported) {
    if (placeOf(options) === null) return malformed('config: url is none')
    const called = calledBy(intent, options, reported)
    return called.ok ? offered(called.command, reported) : called
  },
  preview(command, options) {
    const text = JSON.stringify(messageOf(command))
    // the link adds the id, and puts ids in the place of names
    return { to: placeOf(options)?.socket ?? '', text, bytes: null }
  },
  resync: (lasting, reported) =>
    [...lasting].flatMap(([path, value]) =>
      isResynced(path, value, lasting, reported) ? [path] : [],
    ),
  discovery,
  open(options, context) {
    const place = placeOf(options)
    return place === null ? brokenLink(context) : openLink(options, place, context)
  },
}

function calledBy(intent: DeviceIntent, { notify }: HaOptions, reported: Reported): Called {
  if (intent.verb === 'set') return callOfPath(intent.path, intent.value)
  const { action, args } = intent
  return standardCall(action, args, { notify, reported }) ?? callOf(action, args)
}

/** A service that Home Assistant said it does not have is refused at once. */
function offered(command: HaCommand, reported: Reported): Called {
  if (command.type !== 'call_service') return { ok: true, command }
  const { domain, service } = command
  const alike = likeMissing(reported, domain, service)
  return alike === null
    ? { ok: true, command }
    : unknownName('action', `${domain}.${service}`, alike)
}

/** The link of a config that cannot be used: says so to everybody. */
function brokenLink(context: LinkContext): Link<HaCommand> {
  const fault = 'config: url is none'
  context.changed(false, fault)
  const fail = () => Promise.reject(new DeliveryError(failed('malformed', fault)))
  return { send: fail, test: fail, close: () => Promise.resolve() }
}
