import type { Instant } from '../intents/id.ts'
import type { JsonObject } from '../intents/json.ts'
import { daySeconds, nextDaytime } from './daytime.ts'
import type { Step } from './macro.ts'
import { beginRepeat } from './rounds.ts'
import { resolve, resolveIntent } from './value.ts'
import type { Begun, Inside, Walk } from './walk.ts'

/** What a step does when the run comes to it. */
export function begin(walk: Walk, step: Step, at: string, frame: Begun, inside: Inside): void {
  const { draft } = walk
  const { world } = draft
  const waits = (wakeAt: { readonly wakeAt?: Instant }) => {
    draft.put(frame(wakeAt))
    draft.emit(walk.said())
  }
  const isOnce = (detail: string) => {
    draft.put(frame({}))
    draft.emit(detail)
    walk.complete(at)
  }
  if ('do' in step) {
    const resolved = resolveIntent(step.do, draft.scope(at), world.evaluate)
    draft.put(frame(walk.after(step.withinMs)))
    if (!resolved.ok) return walk.fail(at, resolved.detail)
    walk.wish(frame({}), resolved.intent)
    return draft.emit(walk.said())
  }
  if ('waitMs' in step)
    return waits(walk.after(step.waitMs + Math.floor(world.random() * (step.jitterMs ?? 0))))
  if ('time' in step)
    return waits({
      wakeAt: (nextDaytime(daySeconds(step.time) ?? 0, step.zone ?? 'UTC', world.wall) +
        world.now -
        world.wall) as Instant, // ms since the epoch
    })
  if ('until' in step) {
    waits(walk.after(step.withinMs))
    const holds = walk.test(step.until, at)
    if (typeof holds === 'object') return walk.fail(at, holds.detail)
    return holds ? walk.complete(at) : undefined
  }
  if ('ask' in step) return waits(walk.after(step.withinMs))
  if ('if' in step) {
    const holds = walk.test(step.if, at)
    inside()
    if (typeof holds === 'object') return walk.fail(at, holds.detail)
    return walk.open(at, holds ? 'then' : 'else')
  }
  if ('choose' in step) {
    inside()
    for (const [i, { when }] of step.choose.entries()) {
      const holds = walk.test(when, at)
      if (typeof holds === 'object') return walk.fail(at, holds.detail)
      if (holds) return walk.open(at, `c${i}`)
    }
    return walk.open(at, 'otherwise')
  }
  if ('repeat' in step) return beginRepeat(walk, step, at, inside)
  if ('together' in step) {
    inside()
    return walk.moreBranches(at)
  }
  if ('try' in step) {
    inside({ stage: 'try' })
    return walk.open(at, 'try')
  }
  if ('checkpoint' in step) {
    draft.put(frame({}))
    draft.undone('all')
    return isOnce(`checkpoint ${step.checkpoint}`)
  }
  if ('note' in step) return isOnce(step.note)
  if ('abort' in step) {
    draft.put(frame({}))
    return walk.fail(at, step.abort, { fatal: true })
  }
  const vars = resolve(step.let, draft.scope(at), world.evaluate)
  draft.put(frame({}))
  if (!vars.ok) return walk.fail(at, vars.detail)
  draft.assign(vars.value as JsonObject) // an object resolves to one
  return isOnce('')
}
