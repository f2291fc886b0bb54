import type { Json, JsonObject } from '../../intents/json.ts'
import type { House } from './house.ts'
import { serviceList } from './house-services.ts'
import { stateOf } from './said.ts'

/** What a request for the state of the house is answered; undefined where there is no such request. */
export function answerOf(type: string, house: House, context: JsonObject): Json | undefined {
  const ids = [...house.things.keys()]
  switch (type) {
    case 'get_states':
      return ids.map((id) => stateOf(house, id, context))
    case 'get_services':
      return serviceList()
    case 'config/area_registry/list':
      return house.areas
    case 'config/device_registry/list':
      return house.devices
    case 'config/entity_registry/list':
      return ids.map((id) => ({
        entity_id: id,
        device_id: house.deviceOf.get(id) ?? null,
        area_id: null,
      }))
    case 'subscribe_events':
    case 'supported_features':
      return null
    default:
      return undefined
  }
}
