import { createHash } from 'node:crypto'

/** Where a device may be at home. */
export interface Home {
  /** The hub that has it while it is alive; null: any. */
  readonly hub: string | null
  /** No other hub can have it: the device is plugged into that hub's machine. */
  readonly pinned: boolean
}

export const anywhere: Home = { hub: null, pinned: false }

/**
 * The one of the hubs that are alive that should act for `lease`; null where only a hub that is not alive may. The same
 * answer on every hub, with no talk between them: rendezvous hashing, by which the death of a hub moves its own devices
 * and no other. Pure.
 */
export function bestHub(lease: string, home: Home, alive: readonly string[]): string | null {
  if (home.hub !== null && (home.pinned || alive.includes(home.hub)))
    return alive.includes(home.hub) ? home.hub : null
  let best: string | null = null
  let highest = ''
  for (const hub of alive) {
    const weight = createHash('sha256').update(`${hub}\n${lease}`).digest('hex')
    if (weight <= highest) continue
    best = hub
    highest = weight
  }
  return best
}
