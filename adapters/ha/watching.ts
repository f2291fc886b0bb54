import { DeliveryError } from '../adapter.ts'
import type { Entity } from './entity.ts'
import type { Expectation } from './expect.ts'
import { shown } from './message.ts'

/** What is to be seen of one command, from before it is sent. */
export interface Watch {
  /**
   * Once it is answered: `confirmed` when all was seen since the watch began, or is so; `sent` when a newer command for
   * the same entity was sent before. @throws DeliveryError `reached: 'yes'` where it does not come in time
   */
  seen(within: Within): Promise<'confirmed' | 'sent'>
  end(): void
}

interface Within {
  readonly ms: number
  readonly signal: AbortSignal
  /** For people: `light.turn_on`. */
  readonly what: string
}

export interface Watching {
  /** Begins to watch, and lets those who still watch the same entities go: what they wait for may never be shown. */
  begin(expectations: readonly Expectation[]): Watch
  /** An entity was shown. */
  look(id: string, entity: Entity): void
  /** The connection is gone: nothing will be shown. */
  lost(detail: string): void
}

interface Open {
  readonly missing: Set<Expectation>
  overtaken: boolean
  lost: string | null
  wake(): void
}

export function openWatching(entities: ReadonlyMap<string, Entity>): Watching {
  const all = new Set<Open>()
  return {
    begin(expectations) {
      for (const one of all) {
        const isSame = [...one.missing].some((each) =>
          expectations.some((e) => e.entity === each.entity),
        )
        if (!isSame) continue
        one.overtaken = true
        one.wake()
      }
      const open: Open = { missing: new Set(expectations), overtaken: false, lost: null, wake() {} }
      all.add(open)
      return {
        end: () => void all.delete(open),
        seen: (within) => seen(open, entities, within),
      }
    },
    look(id, entity) {
      for (const one of all) {
        for (const each of one.missing)
          if (each.entity === id && each.meets(entity)) one.missing.delete(each)
        one.wake()
      }
    },
    lost(detail) {
      for (const one of all) {
        one.lost = detail
        one.wake()
      }
    },
  }
}

async function seen(
  open: Open,
  entities: ReadonlyMap<string, Entity>,
  { ms, signal, what }: Within,
): Promise<'confirmed' | 'sent'> {
  const began = performance.now()
  // what was so before, and still is after the answer, needs no change to be shown
  for (const each of open.missing) {
    const now = entities.get(each.entity)
    if (now !== undefined && each.meets(now)) open.missing.delete(each)
  }
  for (;;) {
    const [first] = open.missing
    if (first === undefined) return 'confirmed'
    if (open.overtaken) return 'sent'
    const left = ms - (performance.now() - began)
    if (open.lost !== null || signal.aborted || left <= 0) {
      const is = shown(entities.get(first.entity)?.state ?? 'gone', 60)
      const when = open.lost === null ? '' : `, and then ${open.lost}`
      throw new DeliveryError({
        code: open.lost === null ? 'timeout' : 'unreachable',
        reached: 'yes',
        detail: `Home Assistant took ${what}, but ${first.entity} is ${is} and not ${shown(first.wanted, 60)}${when}`,
      })
    }
    await rung(open, left, signal)
  }
}

/** Resolves at the next sight, after `ms` or when the signal aborts. */
function rung(open: Open, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      open.wake = () => {}
      resolve()
    }
    const timer = setTimeout(wake, Math.ceil(ms))
    open.wake = wake
    signal.addEventListener('abort', wake, { once: true })
  })
}
