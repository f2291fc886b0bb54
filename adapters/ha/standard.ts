import type { Json, JsonObject } from '../../intents/json.ts'
import type { Reported } from '../adapter.ts'
import { standardArgs } from '../standard-args.ts'
import { malformed } from '../template.ts'
import type { Called } from './args.ts'
import { nobody, type ServiceCall } from './command.ts'
import { wordOf } from './message.ts'
import { servicesPath } from './services.ts'

/** What a standard action may look at, beside its arguments. */
interface Around {
  /** Where a message goes that names nobody: `notify.notify`. */
  readonly notify: string
  readonly reported: Reported
}

type Says = (args: JsonObject, around: Around) => ServiceCall

/** One entity of a domain: an id, or a name that the link looks up. */
function call(name: string, whom: Json | undefined, data: JsonObject = {}): ServiceCall {
  const [domain = '', service = ''] = name.split('.')
  const target = { entities: [wordOf(whom)], groups: {} }
  return { type: 'call_service', domain, service, data, target, response: false }
}

function message({ text, to }: JsonObject, { notify, reported }: Around): ServiceCall {
  const wanted = wordOf(to ?? notify)
  const id = wanted.includes('.') ? wanted : `notify.${wanted}`
  const service = id.startsWith('notify.') ? id.slice('notify.'.length) : ''
  const services = reported.get(servicesPath('notify'))
  // since 2024 those who are told are entities, and one service is for all of them
  const isEntity = service !== '' && Array.isArray(services) && !services.includes(service)
  if (isEntity) return call('notify.send_message', id, { message: text ?? '' })
  return {
    type: 'call_service',
    domain: 'notify',
    service,
    data: { message: text ?? '' },
    target: nobody,
    response: false,
  }
}

/** How the standard actions are said to Home Assistant; their arguments are those of `intents/standard.ts`. */
const says: Readonly<Record<string, Says>> = {
  'light.set': ({ light, level }) => {
    // 0 to 1 of what HA counts to 255; a level that is not none is never dark
    const brightness = Math.max(1, Math.round(Number(level) * 255))
    return Number(level) === 0
      ? call('light.turn_off', light)
      : call('light.turn_on', light, { brightness })
  },
  'media.play': ({ input }) => call('media_player.media_play', input),
  'media.pause': ({ input }) => call('media_player.media_pause', input),
  'audio.mute': ({ input }) => call('media_player.volume_mute', input, { is_volume_muted: true }),
  'audio.unmute': ({ input }) =>
    call('media_player.volume_mute', input, { is_volume_muted: false }),
  'audio.level': ({ input, level }) =>
    call('media_player.volume_set', input, { volume_level: Number(level) }),
  'message.send': message,
}

/** The standard actions that Home Assistant can do. */
export const standardNames: readonly string[] = Object.keys(says)

/** The service call of a standard action; null where there is none of that name here. */
export function standardCall(action: string, args: Json, around: Around): Called | null {
  const say = Object.hasOwn(says, action) ? says[action] : undefined
  const checked = say === undefined ? null : standardArgs(action, args)
  if (say === undefined || checked === null) return null
  if (!checked.ok) return malformed(checked.detail)
  const command = say(checked.args, around)
  const odd = !/^[a-z0-9_]{1,128}$/.test(command.service)
  return odd
    ? malformed('argument "to": expected the name of a notify service or entity')
    : { ok: true, command }
}
