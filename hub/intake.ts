import type { Claim } from '../adapters/router.ts'
import { isForDevice } from '../adapters/delivery.ts'
import type { Clock } from '../bus/clock.ts'
import type { Durability } from '../bus/log.ts'
import type { Recorder } from '../bus/recorder.ts'
import type { Config } from '../config/config.ts'
import { failed } from '../intents/failure.ts'
import type { BusEvent } from '../intents/event.ts'
import { idTime, newId, type Instant, type IntentId } from '../intents/id.ts'
import type { Intent, Submission } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { commitmentMember } from '../witness/commitment.ts'
import type { Deliveries } from '../projections/deliveries.ts'
import type { Receipt, Refusal, Wish } from '../surfaces/surface.ts'
import type { Adoption } from './site/adoption.ts'
import type { Routers } from './devices/devices.ts'
import type { Catalogue } from './catalogue.ts'
import type { Duplicates } from './duplicates.ts'
import { expand } from './expand.ts'
import { isForged, type Cover, type Personal } from './privacy/personal.ts'
import { refusal } from './refuse.ts'
import { steeringOf } from './runs/steering.ts'

/** What a surface sets for all that comes through it. */
export interface Defaults {
  readonly durability: Durability | null
  readonly expiresInMs: number | null
}

export const noDefaults: Defaults = { durability: null, expiresInMs: null }

/** More than a wish: what macros and resyncs add to theirs. */
export interface InnerWish extends Wish {
  readonly cause?: Submission['cause']
  /** Recorded in front of the intent, in the same commit. */
  readonly lead?: readonly BusEvent[]
  /** How the intent is recorded, where that is known: with commitments for what is personal in it. */
  readonly recorded?: Intent
  /** It may not be done from there: recorded as refused, for this reason. */
  readonly barred?: Refusal
}

/** The one way in: every intent, whoever wants it, is judged, recorded and handed to its router here. */
export interface Intake {
  /** @throws LogError where it could not be recorded: nothing was done */
  submit(wish: InnerWish, defaults: Defaults): Promise<Receipt>
}

export interface IntakeParts {
  readonly clock: Clock
  readonly recorder: Recorder
  readonly duplicates: Duplicates
  readonly routers: Routers
  readonly adoption: Adoption
  /** As they are now: a change of the config is seen at once. */
  config(): Config
  catalogue(): Catalogue
  /** What is folded of intents, for who was first. */
  deliveries(): Deliveries
  /** When the newest of what was trimmed was stamped at the latest; null: nothing was. */
  trimmedBefore(): Instant | null
  /** Runs that are under way. */
  isRunning(run: string): boolean
  readonly personal: Pick<Personal, 'cover'>
  /** Why nobody would carry it out before it is too late; null where somebody will. */
  outOfReach(intent: Intent): string | null
}

/** A sender's clock may be this much ahead; an id from further in the future is refused. Milliseconds. */
export const aheadMs = 60_000

export function openIntake(parts: IntakeParts): Intake {
  const { clock, recorder, duplicates, routers, adoption } = parts

  function submissionOf(
    wish: InnerWish,
    id: IntentId,
    now: Instant,
    expiresInMs: number | null,
  ): Submission {
    return {
      id,
      intent: wish.intent,
      actor: wish.actor,
      source: wish.source,
      trace: wish.trace ?? id,
      at: now,
      expiresAt: expiresInMs === null ? null : ((now + expiresInMs) as Instant), // ms since the epoch
      cause: wish.cause ?? null,
    }
  }

  /** The rule of the config for this action or path of its device. */
  function ruleOf(intent: Intent): Defaults {
    if (intent.verb !== 'fire' && intent.verb !== 'set') return noDefaults
    const device = parts.config().devices.get(intent.device)
    const rule = device?.rules.get(intent.verb === 'fire' ? intent.action : intent.path)
    return {
      durability: rule?.durability ?? device?.durability ?? null,
      expiresInMs: rule?.expiresInMs ?? null,
    }
  }

  /** Why an intent that exists may not be done now; null where it may. */
  function forbidden({ id, intent, at, expiresAt }: Submission, wish: InnerWish): Refusal | null {
    // its duplicate would be looked for from that time on only (see openDuplicates); our own ids come but once
    if (wish.id !== undefined && idTime(id) > at + aheadMs)
      return refusal(
        'bad-id',
        'id',
        'malformed',
        `the id says it was made ${idTime(id) - at} ms from now: set the sender's clock`,
      )
    const trimmed = parts.trimmedBefore()
    const made = idTime(id)
    // an id that was not found: it may stand in what the journal has no more
    if (wish.id !== undefined && trimmed !== null && made > 0 && made - aheadMs < trimmed)
      return refusal(
        'bad-id',
        'id',
        'expired',
        'the id is older than what the journal keeps, so nobody can tell whether it was carried out: take a new one',
      )
    if (expiresAt !== null && expiresAt <= at)
      return refusal(
        'expired',
        'expiresInMs',
        'expired',
        'it had expired when it came: late is wrong, so nothing was done',
      )
    const nobody = parts.outOfReach(intent)
    if (nobody !== null) return refusal('out-of-reach', null, 'unreachable', nobody)
    const run = runOf(intent)
    if (run !== null && !parts.isRunning(run))
      return refusal(
        'unknown-run',
        intent.verb === 'cancel' ? 'intent.run' : 'intent.args.run',
        'not-found',
        `no run ${run.slice(0, 80)} is under way`,
      )
    return null
  }

  async function refuse(
    submission: Submission,
    lead: readonly BusEvent[],
    refused: Refusal,
  ): Promise<Receipt> {
    const cover = parts.personal.cover()
    const recorded = await recorder.record(
      [
        ...lead,
        {
          type: 'IntentRefused',
          submission: cover?.submission(submission, []) ?? submission,
          failure: cover?.failure(refused.failure) ?? refused.failure,
        },
      ],
      'durable',
      undefined,
      cover?.beside(),
    )
    return receipt(submission.id, recorded.at(-1)?.position, refused)
  }

  /** Acceptance and what belongs to it, in one commit: the intent, what it stands for, and its first attempts. */
  function accept(
    submission: Submission,
    lead: readonly BusEvent[],
    children: readonly Intent[],
    durability: Durability,
    known: Intent | undefined,
  ): Promise<Receipt> {
    const claims: Claim[] = []
    const events: BusEvent[] = [...lead]
    const cover = parts.personal.cover()
    take(submission, children, { durability, events, claims, cover, known })
    const kept = () => {
      for (const claim of claims) claim.kept()
    }
    return recorder.record(events, durability, kept, cover?.beside()).then(
      (recorded) => accepted(submission.id, recorded[lead.length]?.position),
      (cause: unknown) => {
        for (const claim of claims) claim.lost()
        throw cause
      },
    )
  }

  /** In a shared log another hub may have accepted the same id before: then that one counts, and this is its duplicate. */
  function accepted(id: IntentId, position: string | undefined): Receipt {
    const first = parts.deliveries().intents.get(id)?.position
    return first === undefined || first === position
      ? receipt(id, position, null)
      : { id, position: first, duplicate: true, refusal: null }
  }

  function take(submission: Submission, children: readonly Intent[], taking: Taking): void {
    const { durability, events, claims, cover, known } = taking
    const recorded =
      known === undefined
        ? (cover?.submission(submission, children) ?? submission)
        : { ...submission, intent: known }
    events.push({ type: 'IntentAccepted', submission: recorded })
    const nobody = parts.outOfReach(submission.intent)
    if (nobody !== null) {
      // only as a part of a named intent: by itself it would have been refused
      const failure = failed('unreachable', nobody)
      const intent = submission.id
      events.push({ type: 'IntentEnded', intent, outcome: 'failed', failure, by: null })
      return
    }
    if (isForDevice(submission)) {
      const claim = routers.get(submission.intent.device)?.claim(submission, durability)
      if (claim === undefined) return // another hub acts for it, and takes it up from the log
      adoption.claimed(submission.id)
      claims.push({
        ...claim,
        lost() {
          claim.lost()
          adoption.lost(submission.id)
        },
      })
      events.push(...claim.events)
      return
    }
    children.forEach((intent, step) => {
      const id = newId(submission.at)
      const judged = expand(intent, parts.config(), parts.catalogue())
      const cause = { intent: submission.id, step }
      const expiresAt = earlier(submission, ruleOf(intent).expiresInMs)
      take(
        { ...submission, id, intent, cause, expiresAt },
        judged.ok ? judged.children : [],
        taking,
      )
    })
    const run = runOf(submission.intent)
    if (run !== null && !parts.isRunning(run)) {
      // only as a part of a named intent: by itself it would have been refused
      const failure = failed('not-found', 'no such run is under way')
      events.push({
        type: 'IntentEnded',
        intent: submission.id,
        outcome: 'refused',
        failure,
        by: null,
      })
    }
    if (submission.intent.verb === 'hold') {
      const intent = submission.id
      events.push({ type: 'IntentEnded', intent, outcome: 'confirmed', failure: null, by: null })
    }
  }

  function fresh(wish: InnerWish, defaults: Defaults, id: IntentId): Promise<Receipt> {
    const now = clock.now()
    const rule = ruleOf(wish.intent)
    const submission = submissionOf(
      wish,
      id,
      now,
      wish.expiresInMs ?? rule.expiresInMs ?? defaults.expiresInMs,
    )
    const lead = wish.lead ?? []
    const said = saidIn(wish.intent)
    if (said !== null && isForged(said))
      return refuse({ ...submission, intent: unsaid(wish.intent) }, lead, forged)
    const judged = expand(wish.intent, parts.config(), parts.catalogue())
    if (!judged.ok) return refuse(submission, lead, judged.refusal)
    const no = wish.barred ?? forbidden(submission, wish)
    if (no !== null) return refuse(submission, lead, no)
    return accept(
      submission,
      lead,
      judged.children,
      rule.durability ?? defaults.durability ?? 'durable',
      wish.recorded,
    )
  }

  return {
    submit(wish, defaults) {
      if (wish.id === undefined)
        try {
          return fresh(wish, defaults, newId(clock.now()))
        } catch (fault) {
          return Promise.reject(fault) // of the hub itself: the caller is told as of any other
        }
      return duplicates.once(wish.id, (id) => fresh(wish, defaults, id))
    },
  }
}

/** The run that an intent is about; null where it is about none. */
function runOf(intent: Intent): string | null {
  if (intent.verb === 'cancel') return intent.run
  const steering = steeringOf(intent)
  return steering?.ok === true ? steering.run : null
}

/** What comes together in one commit. */
interface Taking {
  readonly durability: Durability
  readonly events: BusEvent[]
  readonly claims: Claim[]
  readonly cover: Cover | null
  /** How the first of them is recorded, where that is known. */
  readonly known: Intent | undefined
}

const forged = refusal(
  'reserved',
  'intent',
  'malformed',
  `"${commitmentMember}" is what the journal has in place of personal text: no argument or value may have it`,
)

function saidIn(intent: Intent): Json {
  if (intent.verb === 'set') return intent.value
  return 'args' in intent ? intent.args : null
}

/** Without what is not to be recorded. */
function unsaid(intent: Intent): Intent {
  if (intent.verb === 'set') return { ...intent, value: null }
  return 'args' in intent ? { ...intent, args: null } : intent
}

/** A part of an intent expires with the whole, or by its own action's rule: late is wrong for either. */
function earlier({ at, expiresAt }: Submission, ruleMs: number | null): Instant | null {
  if (ruleMs === null) return expiresAt
  return Math.min(expiresAt ?? Infinity, at + ruleMs) as Instant // ms since the epoch
}

function receipt(id: IntentId, position: string | undefined, refused: Refusal | null): Receipt {
  return { id, position: position ?? '', duplicate: false, refusal: refused }
}
