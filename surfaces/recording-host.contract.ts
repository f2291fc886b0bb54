import { failed, type Failure } from '../intents/failure.ts'
import { type DeviceId, type IntentId, newId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import type { Outcome } from '../intents/outcome.ts'
import { blankFace, type Face } from './desk.ts'
import { RecordingDesk } from './recording-desk.contract.ts'
import {
  type ControlGesture,
  type ControlPlace,
  type DeviceState,
  type Ended,
  type Faces,
  type Panels,
  placeName,
  type Receipt,
  type States,
  type SurfaceHost,
  type Wish,
} from './surface.ts'

const failures = new Map([
  ['broken', failed('unreachable', 'it is\r\n+OK faked')],
  ['verbose', failed('unreachable', 'x'.repeat(500))],
])

/** A gesture as it came, in place of an intent. */
export interface Gestured extends Omit<Wish, 'intent'> {
  readonly place: ControlPlace
  readonly gesture: ControlGesture
}

/**
 * The surface port's other side for tests: keeps what comes in, and answers by name. Device `nobody` is refused,
 * `broken` and `verbose` fail, `slow` ends when `release` is called; page 9 has no controls, row 8 binds nothing, row 2 two intents.
 */
export class RecordingHost implements SurfaceHost {
  readonly wishes: Wish[] = []
  readonly gestures: Gestured[] = []
  readonly rejections: { readonly source: string; readonly failure: Failure }[] = []
  /** The log has no space: nothing can be recorded. */
  full = false
  /** Submissions wait here while it is not null. */
  stalled: Promise<void> | null = null
  #held: (() => void)[] = []
  readonly #outcomes = new Map<IntentId, () => Promise<Ended>>()
  #watchers: (() => void)[] = []
  /** Pages that were turned. Panel `ghost` is not there, and none may use page 9. */
  readonly turns: (readonly [panel: string, to: 'next' | 'previous' | number])[] = []
  readonly panels: Panels = {
    turn: (panel, to) => {
      if (panel === 'ghost') return { ok: false, code: 'not-found', detail: 'no panel "ghost"' }
      if (to === 9)
        return { ok: false, code: 'not-allowed', detail: 'page 9 is not among its pages' }
      this.turns.push([panel, to])
      return { ok: true, ids: [] }
    },
  }
  readonly desk = new RecordingDesk(() => this.#changed())
  readonly #shown = new Map<string, readonly [ControlPlace, Face]>()
  readonly #reported = new Map<string, DeviceState>()
  readonly #faceListeners = new Set<(place: ControlPlace, face: Face) => void>()
  readonly #stateListeners = new Set<(state: DeviceState) => void>()
  readonly faces: Faces = {
    at: (place) => this.#shown.get(placeName(place))?.[1] ?? null,
    all: () => this.#shown.values(),
    follow: (listener) => followed(this.#faceListeners, listener),
  }
  readonly states: States = {
    at: (device, path) => this.#reported.get(`${device} ${path}`)?.value,
    all: () => this.#reported.values(),
    follow: (listener) => followed(this.#stateListeners, listener),
  }

  /** How many follow the faces and the states at this moment. */
  get followers(): number {
    return this.#faceListeners.size + this.#stateListeners.size
  }

  /** A control shows something else, as the hub would tell it. */
  show(place: ControlPlace, face: Partial<Face>): void {
    const shown = { ...blankFace, ...face }
    this.#shown.set(placeName(place), [place, shown])
    for (const listener of this.#faceListeners) listener(place, shown)
  }

  /** A device says something of itself. */
  report(device: string, path: string, value: Json): void {
    const state = { device: device as DeviceId, path, value } // the test's own name
    this.#reported.set(`${device} ${path}`, state)
    for (const listener of this.#stateListeners) listener(state)
  }

  async submit(wish: Wish): Promise<Receipt> {
    this.wishes.push(wish)
    const device = 'device' in wish.intent ? String(wish.intent.device) : ''
    this.#changed()
    if (this.stalled !== null) await this.stalled
    return this.#receipt(device)
  }

  async gesture(place: ControlPlace, gesture: ControlGesture, from: Omit<Wish, 'intent'>) {
    this.gestures.push({ place, gesture, ...from })
    this.#changed()
    if (place.page === 9) return null
    if (place.row === 8) return []
    return place.row === 2
      ? [this.#receipt('desk'), this.#receipt('broken')]
      : [this.#receipt('desk')]
  }

  async ended(id: IntentId, signal: AbortSignal): Promise<Ended> {
    const end = this.#outcomes.get(id)
    if (end === undefined) throw new Error(`${id} was never accepted`)
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason as Error)
      signal.addEventListener('abort', abort, { once: true })
      void end()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', abort))
    })
  }

  rejected(source: string, failure: Failure): void {
    this.rejections.push({ source, failure })
    this.#changed()
  }

  /** Lets what is under way at device `slow` end, the newest first. */
  release(): void {
    for (const end of this.#held.splice(0).toReversed()) end()
  }

  /** Resolves once `reached` is true; looked at after each thing that comes in. At most ten seconds. */
  async until(reached: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(10_000)
    while (!reached()) {
      await new Promise<void>((resolve, reject) => {
        const late = () => reject(new Error('waited 10 s in vain'))
        deadline.addEventListener('abort', late)
        this.#watchers.push(() => {
          deadline.removeEventListener('abort', late)
          resolve()
        })
      })
    }
  }

  #changed(): void {
    for (const look of this.#watchers.splice(0)) look()
  }

  #receipt(device: string): Receipt {
    if (this.full) throw new Error('no space left on the log: free some')
    const id = newId(this.wishes.length + this.gestures.length)
    const accepted = { id, position: '1', duplicate: false }
    if (device === 'nobody')
      return {
        ...accepted,
        refusal: {
          failure: failed('not-found', 'no device "nobody"'),
          code: 'unknown-device',
          field: 'intent.device',
        },
      }
    const failure = failures.get(device) ?? null
    const outcome: Outcome = failure === null ? 'sent' : 'failed'
    const held =
      device === 'slow' ? new Promise<void>((resolve) => this.#held.push(resolve)) : undefined
    this.#outcomes.set(id, async () => {
      await held
      return { id, outcome, failure }
    })
    return { ...accepted, refusal: null }
  }
}

function followed<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
