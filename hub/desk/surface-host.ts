import type { PanelConfig, Reach } from '../../config/config.ts'
import type { IntentId } from '../../intents/id.ts'
import type {
  ControlGesture,
  ControlPlace,
  Receipt,
  Refusal,
  Wish,
  WishHost,
} from '../../surfaces/surface.ts'
import type { Core } from '../compose.ts'
import type { Defaults, InnerWish } from '../intake.ts'
import { type Permit, permitOf } from '../permit.ts'

/** What a way in sets for all that comes through it, and what it may touch. */
export interface Way {
  readonly name: string
  readonly defaults: Defaults
  readonly reach: Reach
}

/** Everything may be touched. */
export const everywhere: Reach = { pages: null, devices: null }

/** Where gestures and wishes of one way in go: what may not be touched is recorded as refused. */
export interface Submits {
  readonly permit: Permit
  submit(wish: Wish): Promise<Receipt>
  gesture(
    place: ControlPlace,
    gesture: ControlGesture,
    from: Omit<Wish, 'intent'>,
  ): Promise<readonly Receipt[] | null>
  fader(
    place: ControlPlace,
    position: number,
    from: Omit<Wish, 'intent'>,
  ): Promise<readonly Receipt[] | null>
}

/** `panel` narrows what the surface may touch. */
export function submitsOf(core: Core, { defaults, reach }: Way, panel?: PanelConfig): Submits {
  const { intake, gestures } = core
  const reaches = panel === undefined ? [reach] : [reach, panel.reach]
  const permit = permitOf(reaches, core.config, core.catalogue)
  const submit = (wish: InnerWish, barred: Refusal | null) => {
    const no = wish.barred ?? barred ?? permit.intent(wish.intent)
    return intake.submit(no === null ? wish : { ...wish, barred: no }, defaults)
  }
  return {
    permit,
    submit: (wish) => submit(wish, null),
    gesture(place, gesture, from) {
      const barred = permit.page(place.page)
      return gestures.gesture(place, gesture, from, (wish) => submit(wish, barred))
    },
    fader(place, position, from) {
      const barred = permit.page(place.page)
      return gestures.fader(place, position, from, (wish) => submit(wish, barred))
    },
  }
}

/** What the hub offers the way in of that name for its wishes. */
export function wishHost(core: Core, way: Way): WishHost {
  const { waiters, room, rejections } = core
  const { submit, gesture } = submitsOf(core, way)
  return {
    submit,
    gesture,
    async ended(id: IntentId, signal) {
      const outcome = room.deliveries.state.intents.get(id)?.outcome
      return outcome == null
        ? waiters.wait(id, signal)
        : { id, outcome: outcome.type, failure: outcome.failure }
    },
    rejected: (source, failure) => rejections.input(way.name, source, failure),
  }
}
