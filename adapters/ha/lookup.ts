import { failed } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import type { ServiceCall } from './command.ts'
import type { Entity } from './entity.ts'
import { shown } from './message.ts'
import type { States } from './states.ts'

/**
 * The call with ids for the names people use, by what Home Assistant has now. Home Assistant itself says yes to ids that it
 * does not have, and does nothing. @throws DeliveryError not-found, with the ones like it: nothing was sent
 */
export function resolved(call: ServiceCall, states: States): ServiceCall {
  const { target } = call
  if (target.entities.length === 0) return call
  const entities = target.entities.map((name) => idOf(name, call.domain, states))
  return { ...call, target: { ...target, entities } }
}

/** An id as it is; else the one of its domain that has this object id, or this name in any case. */
function idOf(name: string, domain: string, { entities, leftOut }: States): string {
  if (entities.has(name) || name === 'all' || name === 'none') return name
  const id = `${domain}.${name}`
  if (entities.has(id)) return id
  const wanted = name.toLowerCase()
  for (const [each, { attributes }] of entities) {
    const called = attributes.get('friendly_name')
    const isIt = typeof called === 'string' && called.toLowerCase() === wanted
    if (isIt && each.startsWith(`${domain}.`)) return each
  }
  // what is not kept may well be there
  if (leftOut > 0 && name.includes('.')) return name
  const kind = name.includes('.') ? (name.split('.')[0] ?? domain) : domain
  const alike = [...entities.keys()].filter((each) => each.startsWith(`${kind}.`))
  const { failure } = unknownName('action', name, alike)
  const near =
    alike.length === 0
      ? `it has no ${shown(kind, 64)}`
      : failure.detail.slice(failure.detail.lastIndexOf('near: '))
  throw new DeliveryError(failed('not-found', `Home Assistant has no ${shown(name, 64)}; ${near}`))
}

/** An entity that was just read. @throws DeliveryError not-found */
export function entityIn({ entities }: States, id: string): Entity {
  const entity = entities.get(id)
  if (entity !== undefined) return entity
  const detail = `Home Assistant has no ${id}`
  throw new DeliveryError({ code: 'not-found', reached: 'yes', detail })
}
