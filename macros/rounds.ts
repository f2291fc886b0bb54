import type { Json } from '../intents/json.ts'
import type { RepeatStep } from './macro.ts'
import { resolve } from './value.ts'
import type { Inside, Walk } from './walk.ts'

// The rounds of a `repeat`, one after the other.

/** An item more than this is more than a studio has of anything. */
const mostItems = 10_000

export function beginRepeat(walk: Walk, { repeat }: RepeatStep, at: string, inside: Inside): void {
  const { draft } = walk
  const given = 'times' in repeat ? repeat.times : 'each' in repeat ? repeat.each : null
  const found = resolve(given as Json, draft.scope(at), draft.world.evaluate) // numbers, lists and expressions are JSON
  inside()
  if (!found.ok) return walk.fail(at, found.detail)
  if ('each' in repeat) {
    if (!Array.isArray(found.value))
      return walk.fail(at, 'what it is to be repeated for is no list')
    const items = found.value as readonly Json[] // isArray forgets what is in it
    if (items.length > mostItems)
      return walk.fail(at, `${items.length} items are more than ${mostItems}`)
    walk.change(at, { items })
  } else if ('times' in repeat) {
    if (!Number.isSafeInteger(found.value) || Number(found.value) < 0)
      return walk.fail(at, 'how often it is to be repeated is no whole number from 0')
    // how many there are is known by how many items there are; they have no value
    walk.change(at, { over: Number(found.value) })
  }
  walk.nextRound(at)
}

export function nextRound(walk: Walk, at: string): void {
  const step = walk.stepOf(at)
  const frame = walk.draft.frame(at)
  if (step === undefined || !('repeat' in step) || frame === undefined) return walk.changed(at)
  const { repeat } = step
  if (step.steps.length === 0) return walk.complete(at) // however often nothing is done
  const { round = 0, items = [], over = 0 } = frame
  if ('while' in repeat) {
    const holds = walk.test(repeat.while, at)
    if (typeof holds === 'object') return walk.fail(at, holds.detail)
    if (!holds) return walk.complete(at)
  } else if (round >= ('each' in repeat ? items.length : over)) return walk.complete(at)
  const local = 'each' in repeat ? { [repeat.as]: items[round] ?? null } : { round }
  walk.change(at, { round: round + 1, local })
  walk.open(at, `r${round}`)
}
