import { ask } from '../ask.ts'
import type { Answered } from '../desk.ts'
import type { ControlGesture, ControlPlace, SurfaceHost } from '../surface.ts'
import type { Client } from './client.ts'
import { isFalse, type SatelliteLine } from './line.ts'
import type { Reply } from './reply.ts'
import { stepsIn } from './steps.ts'
import { type LetGo, openSubscriptions } from './subscriptions.ts'

export interface SubscriberOptions {
  /** The surface's name. */
  readonly name: string
  readonly operator: string
  readonly subscriptions: boolean
}

/** What a client watches and presses without being a panel: the hub is asked as by any other way in. */
export interface Subscriber {
  /** ADD-SUB and its family. */
  take(line: SatelliteLine): Promise<string> | string
  /** What was held is let go. */
  close(): void
}

export function openSubscriber(
  host: SurfaceHost,
  client: Client,
  options: SubscriberOptions,
  { ok, no, answered }: Reply,
): Subscriber {
  const subscriptions = openSubscriptions(host, client)

  async function gesture(place: ControlPlace, kind: ControlGesture): Promise<Answered> {
    const asked = { kind: 'gesture', place, gesture: kind, control: '' } as const
    const { name: surface, operator } = options
    const answer = await ask(host, asked, { surface, operator, source: client.source })
    if (!answer.ok) return answer
    const refused = answer.receipts.find(({ refusal }) => refusal !== null)?.refusal
    return refused == null
      ? { ok: true, ids: answer.receipts.map(({ id }) => id) }
      : { ok: false, code: refused.code, detail: refused.failure.detail }
  }

  const letGo: LetGo = (place, kind) => void gesture(place, kind) // never rejects

  function add(line: SatelliteLine, id: string, SUBID: string): string {
    const fault = subscriptions.add(id, line)
    return fault === null ? ok(line, { SUBID }) : no(line, fault)
  }

  function rotate(line: SatelliteLine, place: ControlPlace, SUBID: string) {
    const steps = stepsIn(line)
    if (typeof steps === 'string') return no(line, steps)
    const way = steps > 0 ? 'rotate-right' : 'rotate-left'
    const all = Array.from({ length: Math.abs(steps) }, () => gesture(place, way))
    return Promise.all(all).then((answers) =>
      answered(line, answers.find((answer) => !answer.ok) ?? { ok: true, ids: [] }, { SUBID }),
    )
  }

  function press(line: SatelliteLine, id: string, place: ControlPlace, SUBID: string) {
    const pressed = line.params.get('PRESSED')
    if (pressed === undefined) return no(line, 'Missing PRESSED')
    subscriptions.held(id, !isFalse(pressed))
    return gesture(place, isFalse(pressed) ? 'up' : 'down').then((answer) =>
      answered(line, answer, { SUBID }),
    )
  }

  return {
    take(line) {
      if (!options.subscriptions) return no(line, 'Subscriptions not enabled')
      const id = line.params.get('SUBID')
      if (typeof id !== 'string' || id === '') return no(line, 'Missing SUBID')
      const SUBID = id.slice(0, 64)
      if (line.command === 'ADD-SUB') return add(line, id, SUBID)
      if (line.command === 'REMOVE-SUB')
        return subscriptions.remove(id, letGo) ? ok(line, { SUBID }) : no(line, 'Unknown SUBID')
      const place = subscriptions.placeOf(id)
      if (place === undefined) return no(line, 'Unknown SUBID')
      return line.command === 'SUB-ROTATE'
        ? rotate(line, place, SUBID)
        : press(line, id, place, SUBID)
    },
    close: () => subscriptions.close(letGo),
  }
}
