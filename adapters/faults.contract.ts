import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import type { TObject } from 'typebox'
import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { type Rig, soon } from './rig.fixture.ts'
import type { Fault, Simulator } from './simulator.ts'

/** How soon a link must settle once its signal aborted. Milliseconds: many times what it takes, for a busy machine. */
const promptMs = 500

/** Of an answer that is none: a line cannot tell it from one that has yet to come. */
const aSecond = () => AbortSignal.timeout(1000)

/** What an adapter promises of a device that answers, and then does not. */
export function faultsContract<Options extends TObject, Command, S extends Simulator>(
  t: Test,
  rig: Rig<Options, Command, S>,
): void {
  /** What becomes of one command while the device has `fault`; a control shows that the device got it. */
  async function under(t: Test, fault: Fault, signal = soon()): Promise<Ack | Failure> {
    const to = await rig.connected(t)
    const { simulator } = to
    t.equal(await rig.deliver(to, rig.fire(1)), rig.sample.ack, 'control: it works before')
    const count = simulator.count()
    simulator.fault(fault)
    const result = await rig.deliver(to, rig.fire(0), signal)
    t.ok(simulator.count() > count, `control: the device got the command under ${fault}`)
    simulator.fault('none')
    t.equal(await rig.again(to), rig.sample.ack, 'it works after')
    return result
  }

  void t.test('a device that hangs ends at the deadline as a timeout', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    t.equal(await rig.deliver(to, rig.fire(1)), rig.sample.ack, 'control: it answers')
    simulator.fault('hang')
    const deadline = new AbortController()
    const count = simulator.count()
    const sending = rig.deliver(to, rig.fire(0), deadline.signal)
    await simulator.until(count + 1, soon())
    const aborted = performance.now()
    deadline.abort()
    t.match(await sending, { code: 'timeout', reached: 'maybe' })
    const took = performance.now() - aborted
    t.ok(took < promptMs, `settled ${took.toFixed(1)} ms after the deadline`)
    simulator.fault('none')
    t.equal(await rig.again(to), rig.sample.ack, 'it works after')
  })
  void t.test('an answer that comes after its deadline confirms no other command', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    simulator.fault('hang')
    /** Sends until the device has it: a link that makes a new connection after a hang may first refuse. */
    const held = async (n: number, whileHeld: () => Promise<void>): Promise<Ack | Failure> => {
      for (;;) {
        await to.context.until(() => to.context.up === true)
        const deadline = new AbortController()
        const arrived = simulator
          .until(simulator.count() + 1, soon())
          .then(() => 'arrived' as const)
        const sending = rig.deliver(to, rig.fire(n), deadline.signal)
        const first = await Promise.race([arrived, sending])
        if (typeof first === 'object' && first.reached === 'no') {
          await setImmediate()
          continue
        }
        await whileHeld()
        deadline.abort()
        return sending
      }
    }
    t.match(await held(0, () => Promise.resolve()), { code: 'timeout', reached: 'maybe' })
    const second = held(1, async () => {
      simulator.release(1)
      // it would be read before the deadline: more turns than its way takes
      for (let turn = 0; turn < 50; turn++) await setImmediate()
    })
    t.match(await second, { code: 'timeout', reached: 'maybe' }, 'the answer was to the first')
    simulator.fault('none')
    t.equal(await rig.again(to), rig.sample.ack, 'control: an answer in time confirms')
  })
  void t.test('a refusal says that the device got it', async (t) => {
    t.match(await under(t, 'refuse'), { code: 'refused', reached: 'yes' })
  })
  void t.test('garbage for an answer confirms nothing', async (t) => {
    const end = await under(t, 'garbage', aSecond())
    t.match(end, { code: /^(malformed|timeout|unreachable)$/, reached: 'maybe' })
  })
  void t.test('half an answer and a closed connection confirm nothing', async (t) => {
    t.match(await under(t, 'half-reply', aSecond()), { reached: 'maybe' })
  })
  void t.test('a connection closed instead of an answer confirms nothing', async (t) => {
    t.match(await under(t, 'close', aSecond()), { reached: 'maybe' })
  })
  void t.test('closing the link ends what hangs on it', async (t) => {
    const to = await rig.connected(t)
    const { simulator } = to
    simulator.fault('hang')
    const sending = rig.deliver(to, rig.fire(0))
    await simulator.until(1, soon())
    await to.link.close()
    t.match(await sending, { code: 'unreachable', reached: 'maybe' })
  })
  void t.test('a device that hangs delays no other', async (t) => {
    const [one, other] = [await rig.connected(t), await rig.connected(t)]
    one.simulator.fault('hang')
    const deadline = new AbortController()
    const hanging = rig.deliver(one, rig.fire(0), deadline.signal)
    await one.simulator.until(1, soon())
    t.equal(await rig.deliver(other, rig.fire(1)), rig.sample.ack)
    t.strictSame(other.simulator.received(), [rig.sample.fire(1).received])
    deadline.abort()
    t.match(await hanging, { code: 'timeout' }, 'control: the one did hang')
  })
}
