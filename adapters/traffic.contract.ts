import type { Test } from 'tap'
import type { TObject, TSchema } from 'typebox'
import type { DeviceIntent } from '../intents/intent.ts'
import { isObject, type Json } from '../intents/json.ts'
import { heapBytes } from './heap.fixture.ts'
import { type Rig, device, soon } from './rig.fixture.ts'
import type { Said } from './sample.contract.ts'
import type { Simulator } from './simulator.ts'

/** What an adapter promises of what goes to a device and comes from it while all is well. */
export function trafficContract<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  rig: Rig<Options, Command, S>,
): void {
  void t.test('200 commands arrive once each and in order', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    const width = Math.min(rig.sample.adapter.pipeline(to.options), 200)
    const wanted = Array.from({ length: 200 }, (_, n) => rig.sample.fire(n).received)
    for (let from = 0; from < 200; from += width) {
      const batch = Array.from({ length: Math.min(width, 200 - from) }, (_, i) => from + i)
      const ends = await Promise.all(batch.map((n) => rig.deliver(to, rig.fire(n))))
      t.ok(ends.every((end) => end === rig.sample.ack) || ends, 'each has its ack')
    }
    await simulator.until(200, soon())
    t.strictSame(simulator.received(), wanted)
  })

  void t.test('a lasting value arrives, and a sign of life is a line for people', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    t.type(await rig.deliver(to, rig.set()), 'string')
    await simulator.until(1, soon())
    t.match(await rig.asked(to), /\S/)
  })

  void t.test('a command that is too late before it is sent never leaves', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    t.match(await rig.deliver(to, rig.fire(0), AbortSignal.abort()), { reached: 'no' })
    t.equal(await rig.deliver(to, rig.fire(1)), rig.sample.ack)
    await simulator.until(1, soon())
    t.strictSame(simulator.received(), [rig.sample.fire(1).received], 'only the one in time')
  })

  void t.test('every action it declares works or says clearly why not', async (t) => {
    const to = await rig.connected(t)
    const declared = rig.sample.adapter.actions(to.options)
    t.ok(declared.length > 0)
    for (const { verb, name, description, schema } of declared) {
      const value = valueOf(schema)
      const word = name.endsWith('*') ? `${name.slice(0, -1)}x` : name
      const intent: DeviceIntent =
        verb === 'fire'
          ? { verb, device, action: word, args: value }
          : { verb, device, path: word, value }
      const end = await rig.deliver(to, intent, AbortSignal.timeout(3000))
      t.ok(typeof end === 'string' || end.code !== 'not-found', `${verb} ${name} is known`)
      if (typeof end !== 'string') t.match(end.detail, /\S/)
      t.match(description, /\S/)
    }
  })

  const { flood } = rig.sample
  if (flood !== null)
    void t.test('of 10,000 reports the newest stands, and they are not kept', async (t) => {
      const to = await rig.connected(t)
      const { simulator, context } = to
      // a UDP device knows who listens once something came
      t.equal(await rig.deliver(to, rig.fire(0)), rig.sample.ack)
      await simulator.until(1, soon())
      const page = async () => {
        const wanted = context.reports + 100
        const last = flood(simulator, 100)
        await context.until(() => context.reports >= wanted)
        return last
      }
      await page()
      const before = heapBytes()
      const paths = context.newest.size
      const began = performance.now()
      let last: Said | null = null
      for (let n = 0; n < 100; n++) last = await page()
      t.comment(`${Math.round(1e7 / (performance.now() - began))} reports a second`)
      const grown = heapBytes() - before
      t.ok(context.reports >= 10_100, 'control: they came')
      t.ok(grown < 2 * 1024 * 1024, `the heap grew by ${Math.round(grown / 1024)} KiB`)
      // a state that is read in parts may still be coming in
      t.ok(context.newest.size < paths + 1000, 'and no path for each')
      if (last !== null) t.strictSame(context.newest.get(last.path), last.value, 'the newest')
      t.equal(await rig.deliver(to, rig.fire(1)), rig.sample.ack, 'it still works')
    })
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
