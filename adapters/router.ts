import type { Static, TObject } from 'typebox'
import type { Clock } from '../bus/clock.ts'
import type { Durability } from '../bus/log.ts'
import type { Urgency } from '../bus/recorder.ts'
import type { BusEvent } from '../intents/event.ts'
import { failed, type Failure } from '../intents/failure.ts'
import type { DeviceId, IntentId } from '../intents/id.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import type { Adapter, HookAnswer, HookCall, Link, Picture, Reported } from './adapter.ts'
import type { Deadlines } from './deadlines.ts'
import {
  delivery,
  tooLate,
  type Delivery,
  type DeliveryPolicy,
  type DeviceSubmission,
} from './delivery.ts'
import { openDeviceState } from './device-state.ts'
import { openLine, type Slot } from './line.ts'
import { sendFailure } from './send-failure.ts'

/** What a router needs of the hub. */
export interface RouterHost {
  readonly clock: Clock
  /** The deadlines that all routers with this timeout share. Milliseconds. */
  deadlines(timeoutMs: number): Deadlines
  /** In [0, 1): jitter. */
  random(): number
  /** Records events of this device; `kept` as in `Recorder.record`. @throws LogError */
  record(events: readonly BusEvent[], urgency: Urgency, kept?: () => void): Promise<unknown>
  /** The fencing token of the device's lease; undefined where there are no leases. */
  token(device: DeviceId): number | undefined
  /** Another picture of that name can be seen of the device, or none any more: see `Router.pictures`. */
  pictured(device: DeviceId, name: string): void
  /** Whether this hub still is the one that may send. */
  isSure(): boolean
  /** Why this hub must not send it, although the device is its own; null where it may. */
  bars(submission: DeviceSubmission): Failure | null
  /** Sends a lasting value again, as a recorded `set` of its own. */
  resend(device: DeviceId, path: string, value: Json): void
}

export interface RouterPolicy extends DeliveryPolicy {
  /** One attempt's deadline, in ms. */
  readonly timeoutMs: number
}

export interface RouterStart {
  readonly device: DeviceId
  readonly options: JsonObject
  readonly policy: RouterPolicy
  /** Delivered lasting values, by path, and what the device last reported: from the projections. */
  readonly lasting: ReadonlyMap<string, Json>
  readonly reported: ReadonlyMap<string, Json>
  /** What the last stop left open, oldest first. */
  readonly open: readonly Delivery[]
  /** Of these the ones that a later one had passed, and which: their turn is over. */
  readonly passed: ReadonlyMap<IntentId, IntentId>
}

/** A place in a device's order, taken when an intent comes in and before it is recorded. */
export interface Claim {
  /** To be recorded right behind `IntentAccepted`, in the same commit. */
  readonly events: readonly BusEvent[]
  /** It is recorded: may be sent. */
  kept(): void
  /** It could not be recorded: the place is given back. */
  lost(): void
}

/** Delivers one device's intents in order. Nothing here waits for another device. */
export interface Router {
  readonly device: DeviceId
  /** What the device last reported, as it changes. */
  readonly reported: Reported
  /** What can be seen of it now, by name. */
  readonly pictures: ReadonlyMap<string, Picture>
  claim(submission: DeviceSubmission, durability: Durability): Claim
  /**
   * An intent that another hub accepted, and that is recorded: its place in the order is where it stands in the record,
   * also where it has a claim here that is being recorded.
   */
  adopt(submission: DeviceSubmission): void
  /** No attempt is begun while `on`; resolves when none is under way. */
  park(on: boolean): Promise<void>
  /** The panic stop: what has not been sent is refused, and so is what comes. */
  hold(on: boolean): void
  /** Its device calls the hub. */
  hook(call: HookCall): HookAnswer
  /** A sign of life. @throws DeliveryError */
  test(signal: AbortSignal): Promise<string>
  /** Intents that wait or are under way. */
  size(): number
  /** Its device leaves the config: what waits is refused with `failure`, what is under way may end, then it closes. */
  retire(failure: Failure): Promise<void>
  /** Ends the link. What is still open in the log becomes the crash truth of the next start. */
  close(): Promise<void>
}

/** Why nothing is sent by a hub that another may have taken the place of. */
export const unsure = failed(
  'unreachable',
  'this hub had stood still, and does not send before it knows that no other acts for the device',
)

/** Why nothing is sent while the panic stop is on. */
export const held = failed('held', 'HOLD is on: release it and press again')

/** Of a failure's text. Characters. */
const mostDetail = 500

/** How soon recording is tried again where the log is full: an outcome must not be lost. Milliseconds. */
export const recordAgainMs = 250

export function openRouter<Command>(
  adapter: Adapter<TObject, Command>,
  start: RouterStart,
  host: RouterHost,
): Router {
  const { device, policy, lasting, reported } = start
  const options = start.options as Static<TObject> // checked against the adapter's schema when the config was loaded
  const { clock } = host
  const decider = delivery(policy)
  const pipeline = adapter.pipeline(options)
  /** Why nothing may be sent; null while it may. */
  let refusing: Failure | null = null
  let closed = false
  let parked = false
  let idle = () => {}
  let settled = () => {}
  let cancelWake = () => {}
  const line = openLine(decider, policy)
  const deadlines = host.deadlines(policy.timeoutMs)
  /** Sent, and not settled yet. */
  const underWay = new Set<Slot>()
  const state = openDeviceState(
    adapter,
    { device, lasting, reported },
    {
      report: (events) => record(events, 'lazy'),
      pictured: (name) => host.pictured(device, name),
      barred: () => barred(),
      away: () => settle(line.coalesce()),
      back(again) {
        line.wake()
        pump()
        for (const [path, value] of again)
          if (!line.waitsFor(path)) host.resend(device, path, value)
      },
    },
  )
  /** null only while it is being opened. */
  let link: Link<Command> | null = null
  link = adapter.open(options, state.context)

  /** Why nothing may leave, whatever it is. */
  function barred(): Failure | null {
    return refusing ?? (host.isSure() ? null : unsure)
  }

  /** Records, and again until it is recorded or the router closes: the log may be full for a while. */
  async function insist(
    events: readonly BusEvent[],
    urgency: Urgency,
    kept?: () => void,
  ): Promise<void> {
    await new Promise<void>((resolve) => clock.after(recordAgainMs, resolve))
    await record(events, urgency, kept)
  }

  /** Resolves when it is recorded; nothing is lost where it cannot be, and the log's own health says why. */
  function record(
    events: readonly BusEvent[],
    urgency: Urgency,
    kept?: () => void,
  ): Promise<unknown> {
    if (closed) return Promise.resolve()
    return host.record(events, urgency, kept).catch(() => insist(events, urgency, kept))
  }

  /** Records ends that no attempt brought; the line has applied them already. */
  function settle(events: readonly BusEvent[]): void {
    if (events.length > 0) void record(events, 'lazy')
  }

  /** Takes the next steps at the front of the line: starts attempts, sends, or sees when to look again. */
  function pump(): void {
    cancelWake()
    cancelWake = () => {}
    if (closed || link === null) return
    const now = clock.now()
    settle(refusing === null ? line.late(now) : line.refuseAll(refusing))
    if (underWay.size === 0 && !line.isBegun()) {
      settled()
      if (line.next() === undefined) idle()
    }
    let busy = underWay.size >= pipeline || isPassing()
    for (let slot = line.next(); slot !== undefined && !busy; slot = line.next()) {
      if (slot.coming !== null) return // it is being recorded, and then pump is called again
      if (slot.delivery.phase !== 'attempting') break
      line.take()
      send(slot)
      busy = underWay.size >= pipeline
    }
    if (!busy && !parked && startAttempts()) return
    const wakeAt = Math.min(
      busy ? Infinity : (line.retryAt() ?? Infinity),
      line.dueAt() ?? Infinity,
    )
    if (wakeAt !== Infinity) cancelWake = clock.after(wakeAt - now, pump)
  }

  /** Whether something is under way that was sent after the next in order, which has failed: the one's end tells what becomes of the other. */
  function isPassing(): boolean {
    const turn = line.next()?.turn ?? null
    if (turn === null) return false
    for (const slot of underWay) if ((slot.turn ?? 0) > turn) return true
    return false
  }

  /** Records the attempts of as many slots from the front as may be under way at once, in one commit. */
  function startAttempts(): boolean {
    const now = clock.now()
    settle(line.passed())
    const slots = line.startable(now, pipeline - underWay.size)
    if (slots.length === 0) return false
    const events = slots.flatMap((slot) =>
      line.plan(slot, { type: 'start', now, token: host.token(device) }),
    )
    const durable = slots.some((slot) => slot.durability === 'durable')
    void record(events, durable ? 'durable' : 'live', () => {
      for (const slot of slots) line.apply(slot)
      pump()
    })
    return true
  }

  function send(slot: Slot): void {
    const { intent } = slot.submission
    underWay.add(slot)
    const signal = deadlines.start(slot, overdue)
    const plan = adapter.plan(intent, options, state.reported)
    const late = tooLate(slot.submission, clock.now(), policy)
    if (late !== null) return attemptFailed(slot, late) // its attempt took so long to be recorded
    if (refusing !== null) return attemptFailed(slot, refusing)
    const own = host.bars(slot.submission)
    if (own !== null) return attemptBarred(slot, own)
    const barrier = barred()
    if (barrier !== null) return attemptFailed(slot, barrier)
    if (!plan.ok) return attemptFailed(slot, plan.failure)
    link?.send(plan.command, signal).then(
      (ack) => {
        if (slot.delivery.phase !== 'attempting') return // its deadline has passed and its end is recorded
        if (intent.verb === 'set') state.delivered(intent.path, intent.value)
        attemptEnded(slot, decider.decide({ type: 'succeeded', ack }, slot.delivery))
      },
      (error: unknown) => {
        if (slot.delivery.phase === 'attempting') attemptFailed(slot, sendFailure(error))
      },
    )
  }

  function overdue(slot: Slot): void {
    attemptFailed(slot, {
      code: 'timeout',
      reached: 'maybe',
      detail: `no answer within ${policy.timeoutMs} ms`,
    })
  }

  function attemptFailed(slot: Slot, told: Failure): void {
    // the text may be the device's own, and an end must be recorded whatever it holds
    const failure = { ...told, detail: told.detail.slice(0, mostDetail).toWellFormed() }
    const command = { type: 'failed', failure, now: clock.now(), random: host.random() } as const
    attemptEnded(slot, decider.decide(command, slot.delivery))
    if (failure.code === 'unreachable') settle(line.coalesce())
  }

  /** It was not sent, and is not to be tried again. */
  function attemptBarred(slot: Slot, failure: Failure): void {
    if (slot.delivery.phase !== 'attempting') return
    const { attempt } = slot.delivery
    const intent = slot.submission.id
    attemptEnded(slot, [{ type: 'AttemptFailed', intent, attempt, failure, retryAt: null }])
  }

  /** An attempt is through: its end is recorded off the way of the next. */
  function attemptEnded(slot: Slot, events: readonly BusEvent[]): void {
    deadlines.done(slot)
    underWay.delete(slot)
    slot.delivery = events.reduce(decider.evolve, slot.delivery)
    if (!events.some(isUnsent)) line.arrived(slot)
    if (slot.delivery.phase === 'waiting') line.putBack(slot)
    void record(events, 'lazy')
    pump()
  }

  /** What its slot waited for is recorded. */
  function entered(slot: Slot): void {
    line.apply(slot)
    if (state.up() === false || line.isAway()) settle(line.overtake(slot))
    else slot.before = null
    pump()
  }

  async function close(): Promise<void> {
    closed = true
    settled()
    cancelWake()
    for (const slot of underWay) deadlines.done(slot)
    await link?.close()
  }

  for (const delivery of start.open) settle(line.resume(delivery, clock.now(), start.passed))
  pump()

  return {
    device,
    reported: state.reported,
    pictures: state.pictures,
    claim(submission, durability) {
      const slot = line.add(submission, durability)
      const events = refusing
        ? line.plan(slot, { type: 'refuse', failure: refusing })
        : !parked && line.isFree(slot) && underWay.size + line.size() <= pipeline
          ? line.plan(slot, { type: 'start', now: clock.now(), token: host.token(device) })
          : []
      return {
        events,
        kept: () => entered(slot),
        lost() {
          if (line.drop(slot)) entered(slot)
          else pump()
        },
      }
    },
    adopt(submission) {
      const slot = line.adopt(submission)
      if (slot !== null) entered(slot)
    },
    park(on) {
      parked = on
      return new Promise((resolve) => {
        settled = resolve
        pump()
        if (closed || !on) resolve()
      })
    },
    hold(on) {
      refusing = on ? held : null
      pump()
    },
    hook: (call) => link.hook?.(call) ?? 'unknown',
    test: (signal) => link.test(signal),
    size: () => line.size() + underWay.size,
    async retire(failure) {
      refusing = failure
      await new Promise<void>((resolve) => {
        idle = resolve
        pump()
      })
      await close()
    },
    close,
  }
}

/** Whether an attempt's end says for sure that nothing reached the device. */
function isUnsent(event: BusEvent): boolean {
  return event.type === 'AttemptFailed' && event.failure.reached === 'no'
}
