import type { Clock } from '../../bus/clock.ts'
import type { Config, ControlConfig } from '../../config/config.ts'
import { actorName, type Intent } from '../../intents/intent.ts'
import {
  placeName,
  type ControlGesture,
  type ControlPlace,
  type Receipt,
  type Refusal,
  type Wish,
} from '../../surfaces/surface.ts'
import { openGuard } from './guard.ts'
import type { InnerWish } from '../intake.ts'

/** The control at a place; null where there is none. */
export function controlAt(config: Config, { page, row, col }: ControlPlace): ControlConfig | null {
  return config.pages.get(page)?.get(`${row}/${col}`) ?? null
}

type From = Omit<Wish, 'intent'>
type Submit = (wish: InnerWish) => Promise<Receipt>

/** Turns hands on controls into intents. Each gesture is looked at by itself: none is coalesced or dropped. */
export interface Gestures {
  gesture(
    place: ControlPlace,
    gesture: ControlGesture,
    from: From,
    submit: Submit,
  ): Promise<readonly Receipt[] | null>
  /** A fader stands at 0 to 1. Empty where the control has none; null where there is no such control. */
  fader(
    place: ControlPlace,
    position: number,
    from: From,
    submit: Submit,
  ): Promise<readonly Receipt[] | null>
  /** For how long the control of that name waits for a second press, ms; null: it does not. */
  asks(place: string): number | null
  close(): void
}

/** What a gesture leads to; `barred`: nothing, and the record says why. */
interface Led {
  readonly intents: readonly Intent[]
  readonly barred?: Refusal
}

const nothing: Led = { intents: [] }

/** Downs that did nothing and whose ups are not here: more than a site has fingers, and so bounded in memory. */
const mostMuted = 10_000

/** `changed` is told of each control that begins or ends to ask for a second press, by its name. */
export function openGestures(
  clock: Clock,
  config: () => Config,
  changed: (place: string) => void,
): Gestures {
  /** Held-down controls that wait for their `hold`, by place and by who holds them. */
  const holding = new Map<string, () => void>()
  /** Held-down controls whose down did nothing, so that their up does nothing either. The same keys, the oldest first. */
  const muted = new Set<string>()
  const guard = openGuard(clock, changed)

  function mute(key: string): void {
    const [oldest] = muted
    if (oldest !== undefined && muted.size >= mostMuted) muted.delete(oldest)
    muted.add(key)
  }

  /** The begin of a press: what keeps it from acting; null where nothing does. */
  function begin(place: string, control: ControlConfig, { actor }: From): Led | null {
    const { press, release, hold } = control
    const does = press ?? release ?? hold?.do ?? null
    if (does === null) return null
    const surface = actor.type === 'operator' ? actor.surface : ''
    const begun = guard.begin(place, control, `${surface} ${actorName(actor)}`)
    if (begun === 'acts') return null
    return begun === 'asks' ? nothing : { intents: [does], barred: begun }
  }

  function down(key: string, control: ControlConfig, from: From, submit: Submit): Led {
    const { hold } = control
    if (hold === null) return { intents: some(control.press) }
    holding.get(key)?.()
    const cancel = clock.after(hold.afterMs, () => {
      holding.delete(key)
      // the id of the gesture was for the press that did not happen
      const { id: _, ...rest } = from
      submit({ ...rest, intent: hold.do }).catch(() => {}) // the log's own health says why it could not be recorded
    })
    holding.set(key, cancel)
    return nothing
  }

  function up(key: string, control: ControlConfig): Led {
    if (muted.delete(key)) return nothing
    const cancel = holding.get(key)
    if (cancel === undefined)
      return { intents: some(control.hold === null ? control.release : null) }
    cancel()
    holding.delete(key)
    return { intents: [...some(control.press), ...some(control.release)] }
  }

  function led(
    place: ControlPlace,
    control: ControlConfig,
    gesture: ControlGesture,
    from: From,
    submit: Submit,
  ): Led {
    const name = placeName(place)
    const key = `${name} ${from.source}`
    switch (gesture) {
      case 'press':
        return (
          begin(name, control, from) ?? {
            intents: [...some(control.press), ...some(control.release)],
          }
        )
      case 'down': {
        const kept = begin(name, control, from)
        if (kept === null) return down(key, control, from, submit)
        mute(key)
        return kept
      }
      case 'up':
        return up(key, control)
      case 'rotate-left':
        return { intents: some(control.rotateLeft) }
      case 'rotate-right':
        return { intents: some(control.rotateRight) }
      default:
        return gesture satisfies never
    }
  }

  return {
    async gesture(place, gesture, from, submit) {
      const control = controlAt(config(), place)
      if (control === null) return null
      const { intents, barred } = led(place, control, gesture, from, submit)
      // the sender's id names the first intent of the gesture; a second one gets its own
      return Promise.all(
        intents.map((intent, i) => {
          const { id, ...rest } = from
          return submit({
            ...rest,
            ...(i === 0 && id !== undefined ? { id } : {}),
            ...(barred === undefined ? {} : { barred }),
            intent,
          })
        }),
      )
    },
    async fader(place, position, from, submit) {
      const control = controlAt(config(), place)
      if (control === null) return null
      if (control.fader === null) return []
      const { device, path, from: low, to: high } = control.fader
      const value = low + (high - low) * position
      return [await submit({ ...from, intent: { verb: 'set', device, path, value } })]
    },
    asks: (place) => guard.asks(place),
    close() {
      for (const cancel of holding.values()) cancel()
      holding.clear()
      guard.close()
    },
  }
}

function some(intent: Intent | null): readonly Intent[] {
  return intent === null ? [] : [intent]
}
