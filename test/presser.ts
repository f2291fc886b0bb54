import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '../intents/id.ts'
import type { JsonObject } from '../intents/json.ts'
import type { HubProcess } from './hub-process.ts'

// Hands on the panels of a site: each press has an id of its own, and is sent again to another hub where one died with it.

export interface Presser {
  /** Ids that a hub said it had accepted. */
  readonly acknowledged: ReadonlySet<string>
  /** Presses that were sent to two hubs at once. */
  readonly twice: ReadonlySet<string>
  /** How often a hub did not answer. */
  unanswered(): number
  /** Stops pressing; resolves when the last answer is there. */
  stop(): Promise<void>
}

export interface PresserOptions {
  /** The hubs that are up at this moment. */
  readonly hubs: () => readonly HubProcess[]
  readonly intent: (n: number) => JsonObject
  /** Hands, and how long each rests after a press. Milliseconds. */
  readonly hands: number
  readonly restMs: number
}

/** Presses until it is told to stop. */
export function press({ hubs, intent, hands, restMs }: PresserOptions): Presser {
  const acknowledged = new Set<string>()
  const twice = new Set<string>()
  let unanswered = 0
  let stopped = false
  let pressed = 0

  async function send(hub: HubProcess, id: string, n: number): Promise<boolean> {
    try {
      const { status } = await hub.submit(intent(n), { id })
      if (status === 202) acknowledged.add(id)
      return status === 202
    } catch {
      unanswered++ // it was killed with the press in its hands: what it did with it the record tells
      return false
    }
  }

  async function hand(): Promise<void> {
    while (!stopped) {
      const up = hubs()
      const first = up[Math.floor(Math.random() * up.length)]
      if (first === undefined) {
        await sleep(5)
        continue
      }
      const n = pressed++
      const id = newId(Date.now())
      const second = up.find((hub) => hub !== first)
      // one press in five by two uplinks at once
      if (second !== undefined && n % 5 === 0) {
        twice.add(id)
        await Promise.all([send(first, id, n), send(second, id, n)])
      } else if (!(await send(first, id, n)) && second !== undefined) await send(second, id, n)
      await sleep(restMs)
    }
  }

  const all = Promise.all(Array.from({ length: hands }, hand))
  return {
    acknowledged,
    twice,
    unanswered: () => unanswered,
    async stop() {
      stopped = true
      await all
    },
  }
}
