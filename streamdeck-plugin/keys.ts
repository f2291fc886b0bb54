import { type HubLink, type Settled } from './hub-link.ts'
import { type Look, svgOf } from './look.ts'
import type { ActionKind } from './names.ts'
import { paced } from './pace.ts'
import { intentOf, type KeySettings, placeOf, runOf } from './wish.ts'

/** A hand on a key or dial. */
export type Gesture = 'down' | 'up' | 'press' | 'rotate-left' | 'rotate-right'

/** A key or dial that the Stream Deck app shows. */
interface Key {
  readonly kind: ActionKind
  settings: KeySettings
  /** What became of its newest request. */
  settled: Settled | null
}

/** The most steps of one turn of a dial that count: more is no hand. */
const mostSteps = 64

const ground = { control: '#204060', intent: '#334155', macro: '#3b2a63' } as const

/** The keys that are on the glass now: what they ask the hub for, and what they show. */
export class Keys {
  readonly #hub: HubLink
  readonly #keys = new Map<string, Key>()
  readonly #pace: ReturnType<typeof paced>
  /** Who is recorded: the hub's own word where it is empty. */
  operator = ''

  constructor(hub: HubLink, draw: (key: string, image: string) => void) {
    this.#hub = hub
    this.#pace = paced(draw)
  }

  appeared(id: string, kind: ActionKind, settings: KeySettings): void {
    const settled = this.#keys.get(id)?.settled ?? null
    this.#keys.set(id, { kind, settings, settled })
    this.#show(id)
  }

  disappeared(id: string): void {
    this.#keys.delete(id)
    this.#pace.forget(id)
  }

  /** One gesture, one submission. false: nothing was sent; the key says why. */
  gesture(id: string, gesture: Gesture): boolean {
    const key = this.#keys.get(id)
    if (key === undefined) return false
    const operator = this.operator === '' ? {} : { operator: this.operator }
    const settled = (now: Settled) => {
      key.settled = now
      this.#show(id)
    }
    if (key.kind === 'control') {
      const place = placeOf(key.settings)
      // its face says what became of it; only what the hub did not take is said here
      const heard = (now: Settled) => settled(now.is === 'failed' ? now : { is: 'done' })
      return (
        place !== null && this.#hub.ask({ type: 'gesture', ...place, gesture, ...operator }, heard)
      )
    }
    if (gesture !== 'down' && gesture !== 'press') return true
    const wanted = key.kind === 'intent' ? intentOf(key.settings) : runOf(key.settings)
    if (!wanted.ok) {
      settled({ is: 'failed', reason: wanted.detail })
      return false
    }
    return this.#hub.ask({ type: 'submit', intent: wanted.intent, ...operator }, settled)
  }

  /** Each step is a gesture of its own. */
  turned(id: string, ticks: number): boolean {
    const gesture = ticks < 0 ? 'rotate-left' : 'rotate-right'
    let sent = true
    for (let n = 0; n < Math.min(mostSteps, Math.abs(ticks)); n++)
      sent = this.gesture(id, gesture) && sent
    return sent
  }

  showAll(): void {
    for (const id of this.#keys.keys()) this.#show(id)
  }

  #show(id: string): void {
    const key = this.#keys.get(id)
    if (key !== undefined) this.#pace.show(id, svgOf(this.#look(key)))
  }

  #look({ kind, settings, settled }: Key): Look {
    const place = kind === 'control' ? placeOf(settings) : null
    const face = place === null ? undefined : this.#hub.face(place)
    const wanted =
      kind === 'intent' ? intentOf(settings) : kind === 'macro' ? runOf(settings) : null
    const title = settings['title']
    const text =
      typeof title === 'string' && title !== '' ? title : (face?.text ?? nameOf(kind, settings))
    const colour = face?.colour ?? ground[kind]
    const says = (state: Look['state'], reason = ''): Look => ({ text, colour, state, reason })
    if (kind === 'control' && place === null) return says('lost', 'set up: page, row and column')
    if (wanted?.ok === false) return says('lost', wanted.detail)
    if (!this.#hub.isOpen)
      return says('lost', settled?.is === 'failed' ? settled.reason : 'no hub: not sent')
    if (settled?.is === 'failed') return says('failed', settled.reason)
    if (kind !== 'control')
      return says(settled === null ? 'idle' : settled.is === 'pending' ? 'pending' : 'done')
    if (face === undefined) return says('lost', 'the hub has no such control')
    return says(face.state, face.state === 'failed' ? (face.last?.detail ?? '') : '')
  }
}

function nameOf(kind: ActionKind, settings: KeySettings): string {
  const name = settings[kind === 'macro' ? 'macro' : 'name']
  if (typeof name === 'string' && name !== '') return name
  return kind === 'control' ? 'control' : kind
}
