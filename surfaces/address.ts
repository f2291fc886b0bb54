import type { Json } from '../intents/json.ts'
import type { OscArg } from '../wire/osc-arg.ts'
import { plainArgs } from '../wire/osc-plain.ts'
import {
  asIntent,
  type Asked,
  cancel,
  fire,
  misunderstood,
  named,
  run,
  set,
  shown,
} from './asked.ts'
import type { Wanted } from './companion.ts'
import { companionAddress } from './companion-address.ts'

/**
 * What an OSC message asks for (README.md of `surfaces/osc` lists the addresses). The rest of the address after the
 * device is the action or path: one segment stands as it is (`/if/fire/mypro/Cut`: `Cut`), several are an
 * OSC-like address and get its slash (`/if/fire/desk/cue/go` and `/if/fire/desk//cue/go`: `/cue/go`); a single
 * segment with a slash is written with two (`/if/fire/desk//go`: `/go`). Below `/if/` addresses are taken literally: what
 * follows a device is its own and may hold `*`. Places of controls may be patterns.
 */
export function parseAddress(address: string, args: readonly OscArg[]): Wanted {
  const parts = address.split('/')
  const [, root, verb = '', target = ''] = parts
  if (root !== 'if')
    return (
      companionAddress(parts, args, address) ??
      misunderstood(
        `${shown(address)} begins with none of /if/, /location/, /custom-variable/ and /surfaces/`,
      )
    )
  const plain = plainArgs(args)
  if (!plain.ok) return misunderstood(plain.detail)
  const { values } = plain
  const list: Json = values.length === 0 ? {} : values
  switch (verb) {
    case 'fire':
      return fire(target, rest(address, 10 + target.length), list, address)
    case 'set': {
      const [first] = values
      if (first === undefined) return misunderstood('a set needs a value')
      return set(
        target,
        rest(address, 9 + target.length),
        values.length === 1 ? first : values,
        address,
      )
    }
    case 'run':
      return only(parts, 4) ?? run(target, list, address)
    case 'do':
      return only(parts, 4) ?? named(target, list, address)
    case 'cancel':
      return only(parts, 4) ?? cancel(target, address)
    case 'hold': {
      const [on] = values
      if (on === 1 || on === true)
        return only(parts, 3) ?? asIntent({ verb: 'hold', on: true }, address)
      if (on === 0 || on === false)
        return only(parts, 3) ?? asIntent({ verb: 'hold', on: false }, address)
      return misunderstood('/if/hold needs 1 or 0')
    }
    default:
      return misunderstood(`${shown(verb)} is none of fire, set, run, do, cancel and hold`)
  }
}

/** What stands in `address` after the device and its slash. */
function rest(address: string, from: number): string {
  const rest = address.slice(from)
  const slash = rest.indexOf('/')
  return slash > 0 ? `/${rest}` : rest
}

function only(parts: readonly string[], length: number): Asked | null {
  return parts.length === length
    ? null
    : misunderstood('the address has more segments than it takes')
}
