import { Type } from 'typebox'
import { fakeClock } from '../bus/clock.ts'
import type { BusEvent } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { newId, type DeviceId, type Instant, type IntentId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { endOf } from '../intents/end.ts'
import { DeliveryError, type Adapter, type LinkContext } from './adapter.ts'
import { openDeadlines } from './deadlines.ts'
import type { Delivery, DeviceSubmission } from './delivery.ts'
import { openRouter, type RouterPolicy } from './router.ts'

const device = 'desk' as DeviceId
const policy: RouterPolicy = {
  attempts: 3,
  backoffMs: 1000,
  backoffCapMs: 10_000,
  timeoutMs: 2000,
  fireDeadlineMs: 10_000,
  setDeadlineMs: 30_000,
}
export const gone: Failure = { code: 'unreachable', reached: 'no', detail: 'nobody there' }

export type Answer = 'ok' | 'hang' | 'deaf' | Failure

/** A device whose answers the test decides: `sent` is what left, `answer` what the next send does, `answerTo` what that of a command does. */
export function room(
  options: {
    pipeline?: number
    open?: readonly Delivery[]
    passed?: ReadonlyMap<IntentId, IntentId>
    lasting?: ReadonlyMap<string, Json>
  } = {},
) {
  const clock = fakeClock()
  const sent: string[] = []
  const recorded: BusEvent[] = []
  const resent: [string, Json][] = []
  const pictured: string[] = []
  const state: {
    answer: Answer
    answerTo: ReadonlyMap<string, Answer>
    logFull: boolean
    context: LinkContext | null
  } = {
    answer: 'ok',
    answerTo: new Map(),
    logFull: false,
    context: null,
  }
  const adapter: Adapter<ReturnType<typeof Type.Object>, string> = {
    protocol: 'test',
    title: 'a device of the test',
    options: Type.Object({}),
    pipeline: () => options.pipeline ?? 1,
    actions: () => [],
    plan: (intent) => ({ ok: true, command: wire(intent) }),
    resync: (lasting) => [...lasting.keys()],
    open(_, context) {
      state.context = context
      return {
        send(command, signal) {
          const answer = state.answerTo.get(command) ?? state.answer
          if (typeof answer !== 'string') return Promise.reject(new DeliveryError(answer))
          sent.push(command)
          if (answer === 'ok') return Promise.resolve('sent')
          if (answer === 'deaf') return new Promise(() => {})
          return new Promise((_, reject) =>
            signal.addEventListener('abort', () =>
              reject(new DeliveryError({ code: 'timeout', reached: 'maybe', detail: 'hung' })),
            ),
          )
        },
        test: () => Promise.resolve('here'),
        close: () => Promise.resolve(),
      }
    },
  }
  const router = openRouter(
    adapter,
    {
      device,
      options: {},
      policy,
      lasting: options.lasting ?? new Map(),
      reported: new Map(),
      open: options.open ?? [],
      passed: options.passed ?? new Map(),
    },
    {
      clock,
      deadlines: (timeoutMs) => openDeadlines(clock, timeoutMs),
      random: () => 0.5,
      token: () => undefined,
      pictured: (_device, name) => void pictured.push(name),
      isSure: () => true,
      bars: () => null,
      record(events, _urgency, kept) {
        if (state.logFull) return Promise.reject(new Error('log full'))
        recorded.push(...events)
        return Promise.resolve().then(() => kept?.())
      },
      resend: (_device, path, value) => resent.push([path, value]),
    },
  )
  function submissionOf(intent: DeviceIntent, expiresAt: Instant | null = null): DeviceSubmission {
    const id = newId(clock.now())
    const at = clock.now()
    return {
      id,
      intent,
      actor: { type: 'api', id: 'a' },
      source: 's',
      trace: id,
      at,
      expiresAt,
      cause: null,
    }
  }
  /** As the hub does it: claim, record with the acceptance, then keep. */
  function ask(intent: DeviceIntent, expiresAt: Instant | null = null): IntentId {
    const submission = submissionOf(intent, expiresAt)
    const claim = router.claim(submission, 'durable')
    recorded.push({ type: 'IntentAccepted', submission }, ...claim.events)
    claim.kept()
    return submission.id
  }
  const ends = () => recorded.flatMap((e) => endOf(e) ?? [])
  const outcome = (id: IntentId) =>
    ends()
      .filter((e) => e.intent === id)
      .map((e) => e.outcome)
  return {
    clock,
    sent,
    recorded,
    resent,
    pictured,
    state,
    router,
    submissionOf,
    ask,
    ends,
    outcome,
  }
}

export const fire = (action: string): DeviceIntent => ({ verb: 'fire', device, action, args: [] })
export const set = (path: string, value: Json): DeviceIntent => ({
  verb: 'set',
  device,
  path,
  value,
})
const wire = (intent: DeviceIntent) =>
  intent.verb === 'fire' ? intent.action : `${intent.path}=${JSON.stringify(intent.value)}`
/** Lets promises settle: a bounded number of turns of the microtask queue. */
export const settle = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}
