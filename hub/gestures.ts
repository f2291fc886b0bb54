import type { Clock } from '../bus/clock.ts'
import type { Config, ControlConfig } from '../config/config.ts'
import type { Intent } from '../intents/intent.ts'
import {
  placeName,
  type ControlGesture,
  type ControlPlace,
  type Receipt,
  type Wish,
} from '../surfaces/surface.ts'

/** The control at a place; null where there is none. */
export function controlAt(config: Config, { page, row, col }: ControlPlace): ControlConfig | null {
  return config.pages.get(page)?.get(`${row}/${col}`) ?? null
}

type From = Omit<Wish, 'intent'>
type Submit = (wish: Wish) => Promise<Receipt>

/** Turns hands on controls into intents. Each gesture is looked at by itself: none is coalesced or dropped. */
export interface Gestures {
  gesture(
    place: ControlPlace,
    gesture: ControlGesture,
    from: From,
    submit: Submit,
  ): Promise<readonly Receipt[] | null>
  close(): void
}

export function openGestures(clock: Clock, config: () => Config): Gestures {
  /** Held-down controls that wait for their `hold`, by place and by who holds them. */
  const holding = new Map<string, () => void>()

  function down(
    key: string,
    control: ControlConfig,
    from: From,
    submit: Submit,
  ): readonly Intent[] {
    const { hold } = control
    if (hold === null) return some(control.press)
    holding.get(key)?.()
    const cancel = clock.after(hold.afterMs, () => {
      holding.delete(key)
      // the id of the gesture was for the press that did not happen
      const { id: _, ...rest } = from
      submit({ ...rest, intent: hold.do }).catch(() => {}) // the log's own health says why it could not be recorded
    })
    holding.set(key, cancel)
    return []
  }

  function up(key: string, control: ControlConfig): readonly Intent[] {
    const cancel = holding.get(key)
    if (cancel === undefined) return some(control.hold === null ? control.release : null)
    cancel()
    holding.delete(key)
    return [...some(control.press), ...some(control.release)]
  }

  return {
    async gesture(place, gesture, from, submit) {
      const control = controlAt(config(), place)
      if (control === null) return null
      const key = `${placeName(place)} ${from.source}`
      const intents = ((): readonly Intent[] => {
        switch (gesture) {
          case 'press':
            return [...some(control.press), ...some(control.release)]
          case 'down':
            return down(key, control, from, submit)
          case 'up':
            return up(key, control)
          case 'rotate-left':
            return some(control.rotateLeft)
          case 'rotate-right':
            return some(control.rotateRight)
          default:
            return gesture satisfies never
        }
      })()
      // the sender's id names the first intent of the gesture; a second one gets its own
      return Promise.all(
        intents.map((intent, i) => {
          const { id, ...rest } = from
          return submit(i === 0 && id !== undefined ? { ...rest, id, intent } : { ...rest, intent })
        }),
      )
    },
    close() {
      for (const cancel of holding.values()) cancel()
      holding.clear()
    },
  }
}

function some(intent: Intent | null): readonly Intent[] {
  return intent === null ? [] : [intent]
}
