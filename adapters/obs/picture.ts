import { sameJson, type Json } from '../../intents/json.ts'
import type { Change, Items } from './events.ts'
import { maxNameLength } from './names.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * The link's picture of OBS, from its events and from reads of the whole state. Each path carries when it was last told, on a
 * counter of its own, so that a read that began before an event cannot undo it.
 */
export interface Picture {
  readonly values: ReadonlyMap<string, Json>
  readonly items: Items
  /** A new moment on the counter: take one before reading. */
  moment(): number
  told(changes: readonly Change[]): void
  /** The whole state as it was read, by a read that began at `began`; `anew`: the first of a connection. */
  read(snapshot: Snapshot, began: number, anew: boolean): void
  /** Calls back at once at each event, whether it changes anything, and at what a read changes; the answer ends it. */
  onTold(listener: Listener): () => void
  /** Whether scenes are being changed over right now: what is on programme is told when that is done. */
  isInTransition(): boolean
}

export type Listener = (path: string, value: Json) => void

/** 50,000 paths: 5,000 sources with all they have; what a hostile peer adds beyond is not kept. */
const maxPaths = 50_000
/**
 * OBS tells its events from several threads, and sometimes the end of a transition before its beginning: one that is not told
 * to have ended counts as over 1 s after its length, or after 3 s where that is not known (a cut, a stinger).
 */
const transitionSlackMs = 1000
const unknownTransitionMs = 2000
/** What is told once and cannot be read. */
const onlyTold: ReadonlySet<string> = new Set([
  'version',
  'transition/active',
  'recording/file',
  'replayBuffer/file',
  'screenshot/file',
])
const outputs = ['recording', 'streaming', 'virtualCamera', 'replayBuffer']

export function createPicture(report: Listener): Picture {
  const values = new Map<string, Json>()
  const toldAt = new Map<string, number>()
  const listeners = new Set<Listener>()
  let items: Items = new Map()
  let transitionSince = Number.NEGATIVE_INFINITY
  let now = 0

  const put = (path: string, value: Json, at: number, isEvent: boolean) => {
    if (path.length > 3 * maxNameLength) return
    if (!values.has(path) && values.size >= maxPaths) return
    toldAt.set(path, at)
    const isNew = !values.has(path) || !sameJson(values.get(path), value)
    if (isNew) {
      values.set(path, value)
      report(path, value)
    }
    // that a read finds what was known is no news
    if (isNew || isEvent) for (const listener of listeners) listener(path, value)
  }
  const remove = (path: string) => {
    if (!values.delete(path)) return
    toldAt.delete(path)
    report(path, null)
    for (const listener of listeners) listener(path, null)
  }
  const transitionMs = () => {
    const told = values.get('transition/duration')
    return typeof told === 'number' ? told : unknownTransitionMs
  }
  const isInTransition = () =>
    values.get('transition/active') === true &&
    performance.now() - transitionSince < transitionMs() + transitionSlackMs

  /** Paths that a read may say too early: OBS counts them as done while the events say that they are under way. */
  const unsettled = () => {
    const paths = isInTransition() ? ['program', 'preview'] : []
    const busy = outputs.filter((base) => {
      const state = values.get(`${base}/state`)
      return state === 'starting' || state === 'stopping'
    })
    return new Set([...paths, ...busy, ...busy.map((base) => `${base}/state`)])
  }

  return {
    values,
    get items() {
      return items
    },
    moment: () => ++now,
    told(changes) {
      const at = ++now
      for (const [path, value] of changes) {
        if (path === 'transition/active' && value === true) transitionSince = performance.now()
        put(path, value, at, true)
      }
    },
    read(snapshot, began, anew) {
      if (anew) put('transition/active', false, began, false)
      const skip = anew ? new Set<string>() : unsettled()
      const older = (path: string) => anew || (toldAt.get(path) ?? 0) < began
      ;({ items } = snapshot)
      for (const [path, value] of snapshot.values)
        if (!skip.has(path) && older(path)) put(path, value, began, false)
      // what is gone: nobody is to read its old level
      for (const path of values.keys())
        if (!snapshot.values.has(path) && !onlyTold.has(path) && older(path) && !skip.has(path))
          remove(path)
    },
    onTold(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    isInTransition,
  }
}
