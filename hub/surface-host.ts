import type { IntentId } from '../intents/id.ts'
import type { SurfaceHost } from '../surfaces/surface.ts'
import type { Core } from './compose.ts'
import type { Defaults } from './intake.ts'

/** What the hub offers the surface of that name. */
export function surfaceHost(core: Core, name: string, defaults: Defaults): SurfaceHost {
  const { intake, gestures, waiters, room, rejections } = core
  return {
    submit: (wish) => intake.submit(wish, defaults),
    gesture: (place, gesture, from) =>
      gestures.gesture(place, gesture, from, (wish) => intake.submit(wish, defaults)),
    async ended(id: IntentId, signal) {
      const outcome = room.deliveries.state.intents.get(id)?.outcome
      return outcome == null
        ? waiters.wait(id, signal)
        : { id, outcome: outcome.type, failure: outcome.failure }
    },
    rejected: (source, failure) => rejections.input(name, source, failure),
  }
}
