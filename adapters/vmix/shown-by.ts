import type { Ack } from '../../intents/event.ts'
import { DeliveryError } from '../adapter.ts'
import type { Bell } from '../bell.ts'
import type { Call } from './call.ts'
import type { Line } from './line.ts'
import type { Picture } from './picture.ts'
import { shown } from './protocol.ts'
import type { Watch } from './watches.ts'

/** How long a push may take to save a read of the whole state, ms: a few frames of the network, not of the eye. */
const pushGraceMs = 20
/** Between two reads of the whole state while a function is being confirmed, ms. */
const readEveryMs = 100

/** A function that vMix said OK to, and what is to show that it was carried out. */
export interface Awaited {
  readonly call: Call
  readonly watch: Watch
  readonly withinMs: number
  readonly signal: AbortSignal
  readonly picture: Picture
  /** Rings at each push, each read of the state and at the end of the connection. */
  readonly bell: Bell
  readonly line: Line
  readonly readSoon: () => void
}

/**
 * Resolves once vMix shows what was asked, by a push or by its state; `sent` where a later function about the same was seen
 * first. @throws DeliveryError `reached: 'yes'`: it said OK, but its state did not follow in time, or the connection was lost
 * before one could see.
 */
export async function shownBy(awaited: Awaited): Promise<Ack> {
  const { call, watch, withinMs, signal, picture, bell, line } = awaited
  const began = performance.now()
  const deadline = began + withinMs
  let readAt = began + pushGraceMs
  for (;;) {
    const { missing } = watch
    if (missing === undefined) return watch.passed ? 'sent' : 'confirmed'
    const now = performance.now()
    const lost = line.over
    if (lost !== null || signal.aborted || now >= deadline) {
      const is = shown(JSON.stringify(picture.values.get(missing.path) ?? null))
      const when =
        lost === null ? `after ${Math.round(now - began)} ms` : `when lost: ${shown(lost)}`
      const wanted = `${shown(missing.path)} is ${is}, not ${shown(JSON.stringify(missing.value))}, ${when}`
      const detail = `vMix answered OK to ${call.name}, but ${wanted}`
      const code = lost === null ? 'timeout' : 'unreachable'
      throw new DeliveryError({ code, reached: 'yes', detail })
    }
    if (now >= readAt) {
      awaited.readSoon()
      readAt = now + readEveryMs
    }
    await bell.wait(Math.max(1, Math.ceil(Math.min(readAt, deadline) - now)), signal)
  }
}
