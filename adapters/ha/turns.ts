import { failed } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
import type { HaCommand } from './command.ts'
import { promised } from './promised.ts'

/**
 * Whom a command is for, as far as order matters: entities; `all`, which nothing may overtake and which overtakes
 * nothing; `none`, which moves nothing in the room.
 */
export type Lane =
  | { readonly type: 'entities'; readonly ids: readonly string[] }
  | { readonly type: 'all' }
  | { readonly type: 'none' }

/** Messages and speech are said in seconds, and move nothing that another command could be about. */
const talk = new Set(['notify', 'persistent_notification', 'tts'])
/** One of these is about entities that it does not name. */
const wide = new Set(['scene', 'script', 'automation', 'homeassistant'])

export function laneOf(command: HaCommand): Lane {
  if (command.type !== 'call_service') return { type: 'none' }
  const { domain, target } = command
  if (talk.has(domain)) return { type: 'none' }
  const isNamed =
    !wide.has(domain) &&
    target.entities.length > 0 &&
    Object.keys(target.groups).length === 0 &&
    target.entities.every((id) => id.includes('.'))
  return isNamed ? { type: 'entities', ids: target.entities } : { type: 'all' }
}

/** Home Assistant carries out calls beside each other: what must keep its order waits here for the answer to the one before. */
export interface Turns {
  /**
   * Resolves when all earlier ones of the same entities are answered; call what it gives when this one is.
   * @throws DeliveryError when the signal aborts first: nothing was sent
   */
  take(lane: Lane, signal: AbortSignal): Promise<() => void>
}

interface Turn {
  readonly lane: Lane
  readonly over: Promise<void>
}

export function openTurns(): Turns {
  const turns = new Set<Turn>()
  return {
    async take(lane, signal) {
      const before = [...turns].filter((turn) => conflict(turn.lane, lane)).map((turn) => turn.over)
      const { promise: over, resolve } = promised<void>()
      const turn = { lane, over }
      turns.add(turn)
      const end = () => {
        turns.delete(turn)
        resolve()
      }
      if (before.length === 0) return end
      const all = Promise.all(before)
      const late = promised<never>()
      const abort = () => {
        // those behind it still wait for those before it
        void all.then(end)
        const detail = 'an earlier command for the same entity is not answered yet'
        late.reject(new DeliveryError(failed('timeout', detail)))
      }
      signal.addEventListener('abort', abort, { once: true })
      try {
        await Promise.race([all, late.promise])
      } finally {
        signal.removeEventListener('abort', abort)
      }
      return end
    },
  }
}

function conflict(a: Lane, b: Lane): boolean {
  if (a.type === 'none' || b.type === 'none') return false
  if (a.type === 'all' || b.type === 'all') return true
  return a.ids.some((id) => b.ids.includes(id))
}
