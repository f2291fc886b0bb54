import type { Ack } from '../../intents/event.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import type { Expectation } from './confirm.ts'
import type { Picture } from './picture.ts'
import { shown } from './protocol.ts'

/** How long an event may take before the state is read instead, ms: a few frames. */
const eventGraceMs = 250

/** What is told while a request is under way: it may come before OBS's answer. */
export interface Watch {
  /** Everything that was told since, newest of each path. */
  readonly told: ReadonlyMap<string, Json>
  close(): void
}

/** Remembers what is told from now on. */
export function watch(picture: Picture): Watch {
  const told = new Map<string, Json>()
  const close = picture.onTold((path, value) => void told.set(path, value))
  return { told, close }
}

/** A request that OBS said yes to, and what is to show that it was carried out. */
export interface Awaited {
  readonly name: string
  readonly expectation: Expectation
  readonly watch: Watch
  readonly picture: Picture
  readonly withinMs: number
  readonly signal: AbortSignal
  /** Reads the state in the background. */
  readonly readSoon: () => void
  /** Aborts with the reason when the connection is over or the link is closed. */
  readonly lost: AbortSignal
  /** Is given what is called when a newer request about the same path was sent: this one's effect may never be seen. */
  readonly overtaken: (by: () => void) => void
}

/**
 * Resolves once OBS shows what was asked, by an event or by its state. `sent`: overtaken by a newer request before it could be
 * seen. @throws DeliveryError `reached: 'yes'`: it said yes, but its state did not follow
 */
export function shownBy(awaited: Awaited): Promise<Ack> {
  const { expectation, watch, picture, withinMs, signal, readSoon, lost, overtaken } = awaited
  const { path, givenUp } = expectation
  return new Promise((resolve, reject) => {
    const off: (() => void)[] = []
    let isOver = false
    const settle = (how: () => void) => {
      isOver = true
      for (const each of off.splice(0)) each()
      watch.close()
      how()
    }
    const fail = (code: 'timeout' | 'unreachable' | 'refused', why: string) => {
      const is = shown(JSON.stringify(picture.values.get(path) ?? null))
      const wanted = shown(expectation.wanted)
      const detail = `OBS said yes to ${awaited.name}, but ${shown(path)} is ${is}, not ${wanted}${why}`
      settle(() => reject(new DeliveryError({ code, reached: 'yes', detail })))
    }
    const began = performance.now()
    // what was so already counts, but not what a transition under way is about to change
    const isSo = () =>
      !expectation.anew &&
      !picture.isInTransition() &&
      expectation.meets(picture.values.get(path) ?? null)
    const look = (at: string, value: Json) => {
      if (at === path ? expectation.meets(value) : at === 'transition/active' && isSo())
        settle(() => resolve('confirmed'))
      else if (at === givenUp?.path && value === givenUp.value) fail('refused', ': it gave up')
    }
    const overdue = () => {
      // the time of a transition is its own, not OBS's delay
      if (picture.isInTransition()) return off.push(later(withinMs, overdue))
      if (isSo()) return settle(() => resolve('confirmed'))
      return fail('timeout', ` after ${Math.round(performance.now() - began)} ms`)
    }
    const read = () => {
      if (isSo()) return settle(() => resolve('confirmed'))
      readSoon()
      return off.push(later(eventGraceMs, read))
    }
    // its events may come before its answer
    for (const [at, value] of watch.told) if (!isOver) look(at, value)
    if (!isOver && isSo()) settle(() => resolve('confirmed'))
    if (isOver) return
    off.push(
      picture.onTold(look),
      later(withinMs, overdue),
      later(eventGraceMs, read),
      onAbort(signal, () => fail('timeout', ' in time')),
      onAbort(lost, () => fail('unreachable', `: ${shown(String(lost.reason))}`)),
    )
    overtaken(() => settle(() => resolve('sent')))
  })
}

function later(ms: number, what: () => void): () => void {
  const timer = setTimeout(what, ms)
  return () => clearTimeout(timer)
}

function onAbort(signal: AbortSignal, what: () => void): () => void {
  if (signal.aborted) queueMicrotask(what)
  signal.addEventListener('abort', what, { once: true })
  return () => signal.removeEventListener('abort', what)
}
