import { createHash } from 'node:crypto'
import type { BusEvent } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import type { DeviceId, Instant, IntentId, MacroId } from '../../intents/id.ts'
import { isObject, type Json } from '../../intents/json.ts'
import type { World } from '../../macros/expression/expression.ts'
import { holds } from '../../macros/expression/expression.ts'
import { resolve } from '../../macros/expression/resolve.ts'
import type { Devices } from '../../projections/devices.ts'
import type { InnerWish } from '../intake.ts'
import { valuesNow } from './variables.ts'

/** What is to start a macro: one trigger by one entry, or one schedule at one time. */
export interface Start {
  /** The actor's name. */
  readonly by: string
  /** When it was to start. */
  readonly at: Instant
  /** What tells it from others of the same name at the same time. */
  readonly key: string
  /** What it was, for people. At most 200 characters count. */
  readonly source: string
  readonly trace: string | null
  /** What expressions see as `trigger`. */
  readonly about: Json
  readonly run: MacroId
  readonly args: Json
  readonly when: string | null
  readonly lateMs: number
}

/**
 * The id of its intent: the same whichever hub makes it, and however often. So the journal's own rule that the first with an id
 * counts makes a start happen once, whoever crashed or took over meanwhile. UUIDv7 (RFC 9562 section 5.7) of its time, with a
 * hash in the place of chance.
 */
export function idOfStart({ by, at, key }: Pick<Start, 'by' | 'at' | 'key'>): IntentId {
  const time = at.toString(16).padStart(12, '0')
  const hash = createHash('sha256').update(`${by}\n${key}`).digest('hex')
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}` as IntentId // made just above in the right form
}

export type Judged =
  | { readonly type: 'start'; readonly wish: InnerWish }
  /** Its condition does not hold: that is no news. */
  | { readonly type: 'not-now' }
  | { readonly type: 'refused'; readonly why: string }

/** What becomes of it at `now`, by the clock that its `at` is of. */
export function judge(start: Start, world: Omit<World, 'trigger' | 'args'>, now: Instant): Judged {
  const { about, when } = start
  const seen: World = { ...world, args: {}, trigger: about }
  if (when !== null) {
    const condition = holds(when, seen)
    if (!condition.ok) return { type: 'refused', why: `its condition: ${condition.detail}` }
    if (!condition.holds) return { type: 'not-now' }
  }
  const args = resolve(start.args, seen)
  if (!args.ok) return { type: 'refused', why: `its args: ${args.detail}` }
  return {
    type: 'start',
    wish: {
      id: idOfStart(start),
      intent: {
        verb: 'run',
        macro: start.run,
        args: isObject(args.value) ? { ...args.value, trigger: about } : args.value,
      },
      actor: { type: 'trigger', id: start.by },
      source: start.source.slice(0, 200),
      ...(start.trace === null ? {} : { trace: start.trace }),
      expiresInMs: start.at + start.lateMs - now,
    },
  }
}

/** That it did not start, and why, as everything else that is refused. */
export function refusal(start: Start, now: number, why: string): BusEvent {
  const id = idOfStart(start)
  return {
    type: 'IntentRefused',
    submission: {
      id,
      intent: { verb: 'run', macro: start.run, args: {} },
      actor: { type: 'trigger', id: start.by },
      source: start.source.slice(0, 200),
      trace: start.trace ?? id,
      at: now as Instant, // ms since the epoch
      expiresAt: null,
      cause: null,
    },
    failure: failed('refused', why.slice(0, 500)),
  }
}

/** What expressions of triggers and schedules are over; `now` is what clocks on walls show. */
export function worldNow(state: Devices, now: Instant): Omit<World, 'trigger' | 'args'> {
  const deviceOf = (name: string) => state.devices.get(name as DeviceId) // looked up, whatever it is
  return {
    vars: {},
    now,
    state: (device, path) => deviceOf(device)?.reported.get(path)?.value,
    link: (device) => deviceOf(device)?.link.up ?? null,
    variables: () => valuesNow(state),
  }
}
