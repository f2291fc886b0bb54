import type { JsonObject } from '../../intents/json.ts'

/** What this adapter asks of Home Assistant. */
export type HaCommand = ServiceCall | FireEvent | GetStates | GetState

export interface ServiceCall {
  readonly type: 'call_service'
  readonly domain: string
  readonly service: string
  /** The service's own data, targets excepted. */
  readonly data: JsonObject
  readonly target: Target
  /** Whether what the service answers is wanted; it is reported. */
  readonly response: boolean
}

/** Whom a call is for: those named, and those of areas, devices, floors and labels. */
export interface Target {
  /** Ids (`light.key`); of a standard action also names as people see them, which the link looks up. */
  readonly entities: readonly string[]
  /** `area_id`, `device_id`, `floor_id`, `label_id`, as they were given. */
  readonly groups: JsonObject
}

export interface FireEvent {
  readonly type: 'fire_event'
  readonly event: string
  readonly data: JsonObject
}

/** Reads all states again. */
export interface GetStates {
  readonly type: 'get_states'
}

/** Reads the states again and reports one entity with all its attributes. */
export interface GetState {
  readonly type: 'get_state'
  readonly entity: string
}

export const nobody: Target = { entities: [], groups: {} }

/**
 * The message of a command, without its id (Home Assistant's developer documents, "WebSocket API"). The target is part
 * of the service data: the server puts `target` there itself, and 2021.2 and older know it only so.
 */
export function messageOf(command: HaCommand): JsonObject {
  switch (command.type) {
    case 'call_service': {
      const { domain, service, target, response } = command
      const [first, ...more] = target.entities
      const whom = more.length === 0 ? first : target.entities
      const entities = whom === undefined ? {} : { entity_id: whom }
      const all = { ...entities, ...target.groups, ...command.data }
      return {
        type: 'call_service',
        domain,
        service,
        ...(Object.keys(all).length === 0 ? {} : { service_data: all }),
        ...(response ? { return_response: true } : {}),
      }
    }
    case 'fire_event':
      return { type: 'fire_event', event_type: command.event, event_data: command.data }
    case 'get_states':
    case 'get_state':
      return { type: 'get_states' }
    default:
      return command satisfies never
  }
}
