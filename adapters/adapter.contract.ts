import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Static, TObject, TSchema } from 'typebox'
import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import { isObject, type Json } from '../intents/json.ts'
import { type Adapter, DeliveryError, type Link, type LinkContext } from './adapter.ts'
import type { Fault, Simulator } from './simulator.ts'

/** What the contract needs to know of an adapter: `adapters/<protocol>/contract.ts` exports `samples`. */
export interface Sample<
  Options extends TObject = TObject,
  Command = unknown,
  S extends Simulator = Simulator,
> {
  /** `osc over tcp-slip`. */
  readonly name: string
  readonly adapter: Adapter<Options, Command>
  /** A new simulator; where `earlier` had its place if that is given. */
  simulate(earlier: S | null): Promise<S>
  /** The options that reach it. */
  options(simulator: S): Static<Options>
  /** The n-th of a row of different momentary intents, and how it shows in `received()`. */
  fire(n: number): { readonly action: string; readonly args: Json; readonly received: string }
  readonly set: { readonly path: string; readonly value: Json }
  /** What a delivered `fire` says. */
  readonly ack: Ack
  /** Whether the device answers, so that the simulator's faults can be seen. */
  readonly answers: boolean
  /** A fire that `plan` refuses as malformed, and what its text must name. */
  readonly wrong: { readonly action: string; readonly args: Json; readonly names: string }
  /** An action that does not exist, and what its refusal must propose; null where any word is passed on. */
  readonly unknown: { readonly action: string; readonly near: string } | null
  /** Texts of the options that no failure may show. */
  readonly secrets: readonly string[]
  /** Makes the device report `count` times, path `flood`; null where it cannot. */
  readonly flood: ((simulator: S, count: number) => void) | null
}

/** Every wait of the contract ends after this. Milliseconds. */
const patienceMs = 10_000
/** How soon a link must settle once its signal aborted. Milliseconds: many times what it takes, for a busy machine. */
const promptMs = 500
const device = 'device' as DeviceId // any name will do: the adapter does not look at it

interface Watched extends LinkContext {
  readonly details: string[]
  reports: number
  up: boolean | null
  until(what: () => boolean): Promise<void>
}

function watch(): Watched {
  const waiting = new Set<() => void>()
  const look = () => {
    for (const each of waiting) each()
  }
  const watched: Watched = {
    details: [],
    reports: 0,
    up: null,
    report() {
      watched.reports++
      look()
    },
    changed(up, detail) {
      watched.up = up
      watched.details.push(detail)
      look()
    },
    until: (what) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(new Error('nothing came in time')), patienceMs)
        const end = (error: Error | null) => {
          clearTimeout(timer)
          waiting.delete(each)
          if (error === null) resolve()
          else reject(error)
        }
        const each = () => {
          if (what()) end(null)
        }
        waiting.add(each)
        each()
      }),
  }
  return watched
}

const soon = () => AbortSignal.timeout(patienceMs)

/** The promises of adapters/adapter.ts, the same for every adapter. */
export function adapterContract<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  sample: Sample<Options, Command, S>,
): void {
  const { adapter } = sample
  const details: string[] = []

  const fireOf = (n: number): DeviceIntent => {
    const { action, args } = sample.fire(n)
    return { verb: 'fire', device, action, args }
  }
  const setIntent: DeviceIntent = { verb: 'set', device, ...sample.set }
  const fire = fireOf(0)

  async function deliver(
    link: Link<Command>,
    options: Static<Options>,
    intent: DeviceIntent,
    signal: AbortSignal,
  ): Promise<Ack | Failure> {
    const plan = adapter.plan(intent, options, new Map())
    if (!plan.ok) {
      details.push(plan.failure.detail)
      return plan.failure
    }
    return outcome(link.send(plan.command, signal))
  }

  async function outcome(sending: Promise<Ack>): Promise<Ack | Failure> {
    try {
      return await sending
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      details.push(error.failure.detail)
      return error.failure
    }
  }

  /** A device, a link to it that is up, and both gone after the test. */
  async function connected(t: Test) {
    const simulator = await sample.simulate(null)
    const options = sample.options(simulator)
    const context = watch()
    const link = adapter.open(options, context)
    t.teardown(async () => {
      await link.close()
      await simulator.close()
      details.push(...context.details)
    })
    await context.until(() => context.up === true)
    return { simulator, options, context, link }
  }

  /** What becomes of one command while the device has `fault`; a control shows that the device got it. */
  async function under(t: Test, fault: Fault, signal = soon()): Promise<Ack | Failure> {
    const to = await connected(t)
    const { simulator, options, link } = to
    t.equal(await deliver(link, options, fireOf(1), soon()), sample.ack, 'control: it works before')
    const count = simulator.count()
    simulator.fault(fault)
    const result = await deliver(link, options, fire, signal)
    t.ok(simulator.count() > count, `control: the device got the command under ${fault}`)
    simulator.fault('none')
    t.equal(await again(to), sample.ack, 'it works after')
    return result
  }

  /** A command once a fault is over. A link that is on its way up may wait, or refuse what it has not sent. */
  async function again(to: Awaited<ReturnType<typeof connected>>): Promise<Ack | Failure> {
    for (let n = 0; ; n++) {
      await to.context.until(() => to.context.up === true)
      const end = await deliver(to.link, to.options, fireOf(2), soon())
      if (typeof end === 'string' || end.reached !== 'no' || n === 100) return end
      await setImmediate()
    }
  }

  void t.test('the same intent makes the same command and changes nothing', async (t) => {
    const simulator = await sample.simulate(null)
    const options = sample.options(simulator)
    await simulator.close()
    const before = JSON.stringify(options)
    for (const intent of [fire, setIntent]) {
      freeze(options)
      freeze(intent)
      const first = adapter.plan(intent, options, new Map())
      t.ok(first.ok, `${intent.verb} can be planned`)
      t.strictSame(adapter.plan(intent, options, new Map()), first)
      const copy = structuredClone(options)
      t.strictSame(adapter.plan(intent, copy, new Map()), first, 'for equal options too')
    }
    t.equal(JSON.stringify(options), before)
  })

  const { unknown } = sample
  if (unknown !== null)
    void t.test('an unknown action is refused with the ones like it', async (t) => {
      const { options } = await connected(t)
      const intent = { verb: 'fire', device, action: unknown.action, args: {} } as const
      const plan = adapter.plan(intent, options, new Map())
      t.match(plan, { ok: false, failure: { code: 'not-found', reached: 'no' } })
      if (!plan.ok) t.ok(plan.failure.detail.includes(unknown.near), plan.failure.detail)
    })

  void t.test('a wrong argument is refused by its name', async (t) => {
    const { options } = await connected(t)
    const { names, action, args } = sample.wrong
    const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
    t.match(plan, { ok: false, failure: { code: 'malformed', reached: 'no' } })
    if (!plan.ok) t.ok(plan.failure.detail.includes(names), plan.failure.detail)
  })

  void t.test('200 commands arrive once each and in order', async (t) => {
    const { simulator, options, link } = await connected(t)
    const width = Math.min(adapter.pipeline(options), 200)
    const wanted = Array.from({ length: 200 }, (_, n) => sample.fire(n).received)
    for (let from = 0; from < 200; from += width) {
      const batch = Array.from({ length: Math.min(width, 200 - from) }, (_, i) => from + i)
      const ends = await Promise.all(batch.map((n) => deliver(link, options, fireOf(n), soon())))
      t.ok(ends.every((end) => end === sample.ack) || ends, 'each has its ack')
    }
    await simulator.until(200, soon())
    t.strictSame(simulator.received(), wanted)
  })

  void t.test('a lasting value arrives, and a sign of life is a line for people', async (t) => {
    const { simulator, options, link } = await connected(t)
    t.type(await deliver(link, options, setIntent, soon()), 'string')
    await simulator.until(1, soon())
    t.match(await link.test(soon()), /\S/)
  })

  void t.test('resync repeats no more than what is lasting', async (t) => {
    const lasting = new Map([[sample.set.path, sample.set.value]])
    t.strictSame(adapter.resync(new Map(), new Map()), [])
    for (const path of adapter.resync(lasting, new Map())) t.ok(lasting.has(path), path)
  })

  void t.test('a command that is too late before it is sent never leaves', async (t) => {
    const { simulator, options, link } = await connected(t)
    t.match(await deliver(link, options, fire, AbortSignal.abort()), { reached: 'no' })
    t.equal(await deliver(link, options, fireOf(1), soon()), sample.ack)
    await simulator.until(1, soon())
    t.strictSame(simulator.received(), [sample.fire(1).received], 'only the one in time')
  })

  if (sample.answers) {
    void t.test('a device that hangs ends at the deadline as a timeout', async (t) => {
      const to = await connected(t)
      const { simulator, options, link } = to
      t.equal(await deliver(link, options, fireOf(1), soon()), sample.ack, 'control: it answers')
      simulator.fault('hang')
      const deadline = new AbortController()
      const count = simulator.count()
      const sending = deliver(link, options, fire, deadline.signal)
      await simulator.until(count + 1, soon())
      const aborted = performance.now()
      deadline.abort()
      t.match(await sending, { code: 'timeout', reached: 'maybe' })
      const took = performance.now() - aborted
      t.ok(took < promptMs, `settled ${took.toFixed(1)} ms after the deadline`)
      simulator.fault('none')
      t.equal(await again(to), sample.ack, 'it works after')
    })
    void t.test('a refusal says that the device got it', async (t) => {
      t.match(await under(t, 'refuse'), { code: 'refused', reached: 'yes' })
    })
    void t.test('garbage for an answer confirms nothing', async (t) => {
      const end = await under(t, 'garbage', AbortSignal.timeout(1000))
      t.match(end, { code: /^(malformed|timeout|unreachable)$/, reached: 'maybe' })
    })
    void t.test('half an answer and a closed connection confirm nothing', async (t) => {
      t.match(await under(t, 'half-reply'), { reached: 'maybe' })
    })
    void t.test('a connection closed instead of an answer confirms nothing', async (t) => {
      t.match(await under(t, 'close'), { reached: 'maybe' })
    })
    void t.test('closing the link ends what hangs on it', async (t) => {
      const { simulator, options, link } = await connected(t)
      simulator.fault('hang')
      const sending = deliver(link, options, fire, soon())
      await simulator.until(1, soon())
      await link.close()
      t.match(await sending, { code: 'unreachable', reached: 'maybe' })
    })
    void t.test('a device that hangs delays no other', async (t) => {
      const [one, other] = [await connected(t), await connected(t)]
      one.simulator.fault('hang')
      const deadline = new AbortController()
      const hanging = deliver(one.link, one.options, fire, deadline.signal)
      await one.simulator.until(1, soon())
      t.equal(await deliver(other.link, other.options, fireOf(1), soon()), sample.ack)
      t.strictSame(other.simulator.received(), [sample.fire(1).received])
      deadline.abort()
      t.match(await hanging, { code: 'timeout' }, 'control: the one did hang')
    })
  }

  void t.test('two links of one adapter are independent', async (t) => {
    const [one, other] = [await connected(t), await connected(t)]
    await one.link.close()
    t.equal(await deliver(other.link, other.options, fire, soon()), sample.ack)
    t.equal(one.simulator.count(), 0)
  })

  /** Some protocols see that nobody is there only when something is sent. */
  async function untilAway(
    link: Link<Command>,
    options: Static<Options>,
    context: Watched,
  ): Promise<void> {
    for (let n = 0; context.up !== false && n < 1000; n++) {
      if (context.up === true) await deliver(link, options, fireOf(n), AbortSignal.timeout(200))
      await setImmediate()
    }
    await context.until(() => context.up === false)
  }

  void t.test('a device that is absent at first is used when it appears', async (t) => {
    const gone = await sample.simulate(null)
    const options = sample.options(gone)
    await gone.close()
    const context = watch()
    const link = adapter.open(options, context)
    t.teardown(() => link.close())
    await untilAway(link, options, context)
    t.match(context.details.at(-1), /\S/, 'says why')
    // sent while it is away: what may wait for it must not change places
    const early = Array.from({ length: Math.min(adapter.pipeline(options), 20) }, (_, n) => n + 1)
    const ends = early.map((n) => deliver(link, options, fireOf(n), soon()))
    const appeared = await sample.simulate(gone)
    t.teardown(() => appeared.close())
    await context.until(() => context.up === true)
    await Promise.all(ends)
    t.equal(await deliver(link, options, fire, soon()), sample.ack)
    const wanted = [...early, 0].map((n) => sample.fire(n).received)
    while (appeared.received().at(-1) !== wanted.at(-1))
      await appeared.until(appeared.count() + 1, soon())
    const got = appeared.received()
    t.strictSame(
      got,
      wanted.filter((each) => got.includes(each)),
    )
    details.push(...context.details)
  })

  void t.test('a command for an absent device ends and never claims to have arrived', async (t) => {
    const gone = await sample.simulate(null)
    const options = sample.options(gone)
    await gone.close()
    const context = watch()
    const link = adapter.open(options, context)
    t.teardown(() => link.close())
    await untilAway(link, options, context)
    const end = await deliver(link, options, fire, AbortSignal.timeout(200))
    if (sample.answers) t.match(end, { reached: 'no' })
    else if (end !== 'sent') t.match(end, { code: 'unreachable', reached: 'no' })
  })

  void t.test('a device that dies and comes back is used again', async (t) => {
    const { simulator, options, context, link } = await connected(t)
    t.equal(await deliver(link, options, fire, soon()), sample.ack)
    await simulator.close()
    await untilAway(link, options, context)
    t.equal(context.up, false, 'control: the loss was seen')
    const returned = await sample.simulate(simulator)
    t.teardown(() => returned.close())
    await context.until(() => context.up === true)
    const count = returned.count()
    t.equal(await deliver(link, options, fireOf(1), soon()), sample.ack)
    await returned.until(count + 1, soon())
    t.ok(returned.received().includes(sample.fire(1).received))
  })

  void t.test('a closed link sends nothing and says so', async (t) => {
    const { simulator, options, link } = await connected(t)
    await link.close()
    await link.close()
    t.match(await deliver(link, options, fire, soon()), { code: 'unreachable', reached: 'no' })
    t.equal(simulator.count(), 0)
  })

  void t.test('every action it declares works or says clearly why not', async (t) => {
    const { options, link } = await connected(t)
    const declared = adapter.actions(options)
    t.ok(declared.length > 0)
    for (const { verb, name, description, schema } of declared) {
      const value = valueOf(schema)
      const word = name.endsWith('*') ? `${name.slice(0, -1)}x` : name
      const intent: DeviceIntent =
        verb === 'fire'
          ? { verb, device, action: word, args: value }
          : { verb, device, path: word, value }
      const end = await deliver(link, options, intent, AbortSignal.timeout(3000))
      t.ok(typeof end === 'string' || end.code !== 'not-found', `${verb} ${name} is known`)
      if (typeof end !== 'string') t.match(end.detail, /\S/)
      t.match(description, /\S/)
    }
  })

  const { flood } = sample
  if (flood !== null)
    void t.test('10,000 reports are told and not kept', async (t) => {
      const { simulator, options, context, link } = await connected(t)
      // a UDP device knows who listens once something came
      t.equal(await deliver(link, options, fire, soon()), sample.ack)
      await simulator.until(1, soon())
      const page = async () => {
        const wanted = context.reports + 100
        flood(simulator, 100)
        await context.until(() => context.reports >= wanted)
      }
      await page()
      const before = heapBytes()
      for (let n = 0; n < 100; n++) await page()
      const grown = heapBytes() - before
      t.ok(context.reports >= 10_100, 'control: they came')
      t.ok(grown < 2 * 1024 * 1024, `the heap grew by ${Math.round(grown / 1024)} KiB`)
    })

  void t.test('no failure shows a secret or is longer than its bound', async (t) => {
    t.ok(details.length > 0, 'control: there were failures')
    for (const detail of details) {
      t.ok(detail.length <= 500, detail)
      for (const secret of sample.secrets) t.notOk(detail.includes(secret), detail)
    }
  })
}

/** Freezes all of a value: a plan that wrote to its input would throw. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const each of Object.values(value)) freeze(each)
}

/** The heap after a full collection. */
function heapBytes(): number {
  setFlagsFromString('--expose_gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}

/** A value that fits a JSON Schema of the kind that adapters declare. */
function valueOf(schema: TSchema | Json): Json {
  const form: Json = JSON.parse(JSON.stringify(schema)) as Json // a schema is JSON
  if (!isObject(form)) return null
  const { type, anyOf, properties, items, pattern, minimum } = form
  if (form['const'] !== undefined) return form['const']
  if (form['enum'] instanceof Array) return form['enum'][0] ?? null
  if (anyOf instanceof Array) return valueOf(anyOf[0] ?? null)
  if (isObject(properties)) {
    const required = form['required'] instanceof Array ? form['required'] : []
    const entries = Object.entries(properties).filter(([key]) => required.includes(key))
    return Object.fromEntries(entries.map(([key, each]) => [key, valueOf(each)]))
  }
  if (type === 'array') return [valueOf(items ?? null)]
  if (type === 'number' || type === 'integer') return minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'string') return pattern === '^/' ? '/x' : '1f'
  if (type === 'object') return {}
  return 1
}
