import type { Test } from 'tap'
import type { TObject } from 'typebox'
import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { type Rig, soon } from './rig.fixture.ts'
import type { Fault, Simulator } from './simulator.ts'

/** How soon a link must settle once its signal aborted. Milliseconds: many times what it takes, for a busy machine. */
const promptMs = 500

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
