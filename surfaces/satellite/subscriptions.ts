import type { Face } from '../desk.ts'
import { type ControlGesture, type ControlPlace, placeName, type SurfaceHost } from '../surface.ts'
import { blankFace } from '../desk.ts'
import type { Client } from './client.ts'
import { looksOf } from './key-state.ts'
import { type Style, subscribedStyle } from './layout.ts'
import { type SatelliteLine, lineOf } from './line.ts'

interface Subscription {
  readonly id: string
  readonly place: ControlPlace
  readonly style: Style
  isHeld: boolean
}

/** The buttons that a client watches without being a panel. */
export interface Subscriptions {
  /** Why there is none; null: done. */
  add(id: string, line: SatelliteLine): string | null
  /** What is held there is let go. false: no such subscription. */
  remove(id: string, letGo: LetGo): boolean
  /** undefined: no such subscription. */
  placeOf(id: string): ControlPlace | undefined
  held(id: string, isHeld: boolean): void
  /** Lets go of what is held, as the panel that vanished would. */
  close(letGo: LetGo): void
}

export type LetGo = (place: ControlPlace, gesture: ControlGesture) => void

/** Of one connection: a whole console of pages. */
const mostSubscriptions = 1024

export function openSubscriptions(host: SurfaceHost, client: Client): Subscriptions {
  const all = new Map<string, Subscription>()
  const byPlace = new Map<string, Set<Subscription>>()
  const waiting = new Set<Subscription>()
  let isBusy = false
  let off: (() => void) | null = null

  async function pump(): Promise<void> {
    isBusy = true
    try {
      for (const one of waiting) {
        waiting.delete(one)
        await client.inTurn(() => draw(one, host.faces.at(one.place) ?? blankFace))
      }
    } catch {
      waiting.clear() // the connection is gone, or nothing can be painted; the next change draws again
    }
    isBusy = false
  }

  async function draw(one: Subscription, face: Face): Promise<void> {
    const looks = await looksOf(face, one.style, one.isHeld)
    if (all.get(one.id) === one) client.write(lineOf('SUB-STATE', { SUBID: one.id, ...looks }))
  }

  function want(one: Subscription): void {
    waiting.add(one)
    // never in the turn of the press that led to it
    if (!isBusy) {
      isBusy = true
      setImmediate(() => void pump())
    }
  }

  function watch(): void {
    off ??= host.faces.follow((place) => {
      for (const one of byPlace.get(placeName(place)) ?? []) want(one)
    })
  }

  return {
    add(id, line) {
      if (!/^[a-zA-Z0-9\-/]{1,64}$/.test(id)) return 'Invalid SUBID'
      if (all.has(id)) return 'SUBID already in use'
      if (all.size >= mostSubscriptions) return `More than ${mostSubscriptions} subscriptions`
      const location = line.params.get('LOCATION')
      if (location === undefined) return 'Missing LOCATION'
      const [, page, row, col] = /^(\d{1,4})\/(\d{1,4})\/(\d{1,4})$/.exec(String(location)) ?? []
      const place = { page: Number(page), row: Number(row), col: Number(col) }
      if (!(place.page >= 1)) return 'Invalid LOCATION'
      const style = subscribedStyle(line)
      if (style === null) return 'Invalid STYLE'
      const one = { id, place, style, isHeld: false }
      const there = byPlace.get(placeName(place)) ?? new Set()
      there.add(one)
      byPlace.set(placeName(place), there)
      all.set(id, one)
      watch()
      want(one)
      return null
    },
    remove(id, letGo) {
      const one = all.get(id)
      if (one === undefined) return false
      if (one.isHeld) letGo(one.place, 'up')
      all.delete(id)
      waiting.delete(one)
      const there = byPlace.get(placeName(one.place))
      there?.delete(one)
      if (there?.size === 0) byPlace.delete(placeName(one.place))
      if (all.size === 0) {
        off?.()
        off = null
      }
      return true
    },
    placeOf: (id) => all.get(id)?.place,
    held(id, isHeld) {
      const one = all.get(id)
      if (one === undefined) return
      one.isHeld = isHeld
      want(one)
    },
    close(letGo) {
      off?.()
      off = null
      for (const { isHeld, place } of all.values()) if (isHeld) letGo(place, 'up')
      all.clear()
      waiting.clear()
    },
  }
}
