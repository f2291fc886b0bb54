import { DeliveryError } from '../adapter.ts'
import type { Connection } from './connection.ts'
import { atLeast } from './message.ts'
import { promised } from './promised.ts'
import type { States } from './states.ts'

/**
 * Follows all states and knows them when it resolves: compressed where Home Assistant can (2022.4), as events where it
 * cannot. @throws DeliveryError
 */
export async function followStates(
  connection: Connection,
  version: string,
  states: States,
): Promise<void> {
  // many changes in one frame (2022.9)
  if (atLeast(version, 2022, 9))
    await isKnown(
      connection.request({ type: 'supported_features', features: { coalesce_messages: 1 } }),
    )
  if (atLeast(version, 2022, 4)) {
    const first = promised<void>()
    states.restart()
    const compressed = connection.subscribe({ type: 'subscribe_entities' }, (event) => {
      states.compressed(event)
      first.resolve()
    })
    if (await isKnown(compressed)) {
      await Promise.race([first.promise, connection.ended])
      return
    }
  }
  // subscribed before they are read: answers and events come in the order of what happened
  await connection.subscribe(
    { type: 'subscribe_events', event_type: 'state_changed' },
    states.stateChanged,
  )
  await readStates(connection, states)
}

/** Reads all states. @throws DeliveryError */
export async function readStates(
  connection: Connection,
  states: States,
  signal?: AbortSignal,
): Promise<void> {
  if (states.replace(await connection.request({ type: 'get_states' }, signal))) return
  const detail = 'Home Assistant answered get_states with no states'
  throw new DeliveryError({ code: 'malformed', reached: 'yes', detail })
}

/** False where Home Assistant says no to a request: that version is asked in the older way. @throws DeliveryError */
async function isKnown(request: Promise<unknown>): Promise<boolean> {
  try {
    await request
    return true
  } catch (cause) {
    if (cause instanceof DeliveryError && cause.failure.reached === 'yes') return false
    throw cause
  }
}
