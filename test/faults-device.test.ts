import t from 'tap'
import { simulate as simulateHttp } from '../adapters/http/simulator.ts'
import type { Fault } from '../adapters/simulator.ts'
import { simulate as simulateTcp } from '../adapters/tcp/simulator.ts'
import { simulate as simulateVmix } from '../adapters/vmix/simulator.ts'
import { isObject, type JsonObject } from '../intents/json.ts'
import { lineConfig, lineDevice, oscDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { audit, livesOf, eventsOf } from './record.ts'

t.setTimeout(120_000)

const faults: readonly Fault[] = ['refuse', 'hang', 'close', 'half-reply', 'garbage']
/** A press may take a reconnect; a value that nobody confirms is given up after three seconds. */
const quick = 'delivery: { attempts: 4, backoff: 300ms, timeout: 400ms, setDeadline: 3s }'

/** A device with a fault, a press and a value for it. */
interface Tried {
  readonly sim: { fault(fault: Fault): void; count(): number }
  readonly fire: JsonObject
  readonly set: JsonObject
}

void t.test(
  'whatever a device does wrong, its outcome says what is known: refused, or unknown for a press and tried again for a value',
  async (t) => {
    const [vmix, hook, relay] = await Promise.all([simulateVmix(), simulateHttp(), simulateTcp()])
    t.teardown(() => Promise.all([vmix.close(), hook.close(), relay.close()]))
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  vmix: { protocol: vmix, port: ${vmix.port}, httpPort: ${vmix.httpPort}, replyMs: 300, confirmMs: 300, ${quick} }\n` +
        `  hook:\n    protocol: http\n    url: "http://127.0.0.1:${hook.port}"\n` +
        `    actions: { hit: { method: POST, path: "/hit/{n}" } }\n` +
        `    sets: { level: { method: PUT, path: /level, json: "{value}" } }\n    ${quick}\n` +
        `  relay: ${lineConfig(relay.port, `, ${quick}`)}\n`,
    )
    const hub = await room.start()
    const devices: Readonly<Record<string, Tried>> = {
      vmix: {
        sim: vmix,
        fire: { verb: 'fire', device: 'vmix', action: 'Cut', args: {} },
        set: { verb: 'set', device: 'vmix', path: 'recording', value: true },
      },
      hook: {
        sim: hook,
        fire: { verb: 'fire', device: 'hook', action: 'hit', args: { n: 1 } },
        set: { verb: 'set', device: 'hook', path: 'level', value: 1 },
      },
      relay: {
        sim: relay,
        fire: { verb: 'fire', device: 'relay', action: 'hit', args: { n: 1 } },
        set: { verb: 'set', device: 'relay', path: 'level', value: 1 },
      },
    }
    const outcomes: Record<string, unknown> = {}
    const ask = async (intent: JsonObject) => {
      const { body } = await hub.submit(intent, { wait: 'outcome' })
      const { outcome } = body
      const type = isObject(outcome) ? outcome['type'] : 'none'
      return { type, body }
    }
    const tryFault = async (name: string, fault: Fault, { sim, fire, set }: Tried) => {
      sim.fault(fault)
      const before = sim.count()
      const press = await ask(fire)
      t.equal(sim.count() - before, 1, `control: ${name} got it, and once, then: ${fault}`)
      const value = await ask(set)
      const tries = sim.count() - before - 1
      if (fault === 'refuse') t.equal(tries, 1, `${name}: what is refused is not tried again`)
      else t.ok(tries > 1, `${name} ${fault}: a value was tried ${tries} times`)
      outcomes[`${name} ${fault}`] = `${String(press.type)} ${String(value.type)}`
      const reached = fault === 'refuse' ? 'yes' : /maybe|no/
      t.match(
        press.body,
        {
          outcome: { failure: { reached: fault === 'refuse' ? 'yes' : 'maybe', detail: /.{10}/ } },
        },
        `${name} ${fault}: a press says how far it got`,
      )
      t.match(
        value.body,
        { outcome: { failure: { reached, detail: /.{10}/ } } },
        `${name} ${fault}: so does a value`,
      )
      sim.fault('none')
      t.match((await ask(fire)).type, /confirmed|sent/, `${name} works again after: ${fault}`)
    }
    await Promise.all(
      Object.entries(devices).map(async ([name, device]) => {
        for (const fault of faults) await tryFault(name, fault, device)
      }),
    )
    const expected = Object.keys(devices).flatMap((name) =>
      faults.map((fault) => [
        `${name} ${fault}`,
        // a value whose answers never made sense: the code is `malformed`, which ends as refused
        fault === 'refuse' ? 'refused refused' : /^unknown (failed|refused)$/,
      ]),
    )
    t.match(outcomes, Object.fromEntries(expected))
    t.equal(Object.keys(outcomes).length, expected.length)
    await hub.end()
    await audit(t, room)
  },
)

void t.test('a device that hangs delays nobody else', async (t) => {
  const [stuck, relay, desk] = await Promise.all([lineDevice(t), lineDevice(t), oscDevice(t)])
  stuck.answer(() => null)
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
      `  stuck: ${lineConfig(stuck.port, ', delivery: { timeout: 60s, fireDeadline: 90s }')}\n` +
      `  relay: ${lineConfig(relay.port)}\n  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n`,
  )
  const hub = await room.start()
  const hit = (device: string, n: number) => ({ verb: 'fire', device, action: 'hit', args: [n] })
  const waiting = await Promise.all([1, 2, 3].map((n) => hub.submit(hit('stuck', n))))
  await stuck.until((got) => got.length === 1)
  const others = Array.from({ length: 100 }, (_, n) =>
    hub.submit(
      n % 2 === 0 ? hit('relay', n) : { verb: 'fire', device: 'desk', action: '/go', args: [n] },
      { wait: 'outcome' },
    ),
  )
  const answers = await Promise.all(others)
  t.same([...new Set(answers.map(({ status }) => status))], [200], 'a hundred presses have ended')
  const lives = livesOf(eventsOf(room.data))
  for (const { body } of waiting)
    t.same(lives.get(String(body['id']))?.ends, [], 'control: what hangs still does')
  t.equal(stuck.got.length, 1)
  t.equal(relay.got.length + desk.got.length, 100)
  // a clean stop with something under way: the next start says what became of it
  t.equal((await hub.end()).code, 0)
  stuck.answer(() => 'OK')
  const again = await room.start()
  await again.quiet()
  await again.end()
  const ends = await audit(t, room)
  t.same(
    waiting.map(({ body }) => ends.get(String(body['id']))?.ends[0]),
    ['unknown', 'confirmed', 'confirmed'],
  )
  t.same(stuck.got, ['HIT 1', 'HIT 2', 'HIT 3'])
})
