import { existsSync, readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { TObject } from 'typebox'
import { heapBytes } from './heap.fixture.ts'
import { type Connected, Rig, soon } from './rig.fixture.ts'
import type { Sample } from './sample.contract.ts'
import type { Simulator } from './simulator.ts'

// 500 devices of every protocol that has a folder here, in one process.

const wanted = 500
/** How many commands each gets. */
const commands = 10
/** A process with 500 devices and their simulators takes its time: none of these is what is tested. Milliseconds. */
const patient = { confirmMs: 8000, replyMs: 9000 }

interface Device {
  readonly rig: Rig<TObject, unknown, Simulator>
  readonly to: Connected<TObject, unknown, Simulator>
  /** Its own row of commands begins here. */
  readonly first: number
}

const samples = await allSamples()

async function allSamples(): Promise<readonly Sample[]> {
  const found: Sample[] = []
  for (const entry of readdirSync(import.meta.dirname, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    // what the folder exports is checked by its own `satisfies`
    const { samples } = (await import(`./${entry.name}/contract.ts`)) as {
      samples: readonly Sample[]
    }
    found.push(...samples.filter(({ needs }) => (needs ?? null) === null))
  }
  return found
}

function patiently(sample: Sample): Sample {
  return {
    ...sample,
    options(simulator) {
      const options = sample.options(simulator)
      const slower = Object.entries(patient).filter(([key]) => key in options)
      return { ...options, ...Object.fromEntries(slower) }
    },
  }
}

interface Crowd {
  readonly devices: readonly Device[]
  close(): Promise<void>
}

/** As many as `count`, of all samples in turn; opened one after the other, up together. */
async function connect(t: Test, count: number): Promise<Crowd> {
  // of our own: what a test keeps of its teardowns would be taken for what the links keep
  const endings: (() => unknown)[] = []
  const close = async () => {
    await Promise.all(endings.splice(0).map((end) => end()))
    // what was closed is released in turns of its own
    for (let turn = 0; turn < 50; turn++) await setImmediate()
  }
  t.teardown(close)
  const rows = samples.map((sample) => ({ rig: new Rig(patiently(sample)), made: 0 }))
  const devices: Device[] = []
  for (let n = 0; devices.length < count; n++) {
    const row = rows[n % rows.length]
    if (row === undefined || row.made >= (row.rig.sample.most ?? Infinity)) continue
    row.made++
    const to = await row.rig.opened({ teardown: (end) => void endings.push(end) })
    devices.push({ rig: row.rig, to, first: (n % 19) * commands })
  }
  await Promise.all(devices.map(({ to }) => to.context.until(() => to.context.up === true)))
  return { devices, close }
}

/** Gives it its row of commands, as many under way as it may have. @returns what was not as it should be */
async function command({ rig, to, first }: Device): Promise<readonly string[]> {
  const width = rig.sample.adapter.pipeline(to.options)
  const wrong: string[] = []
  const { signal } = new AbortController()
  const row = Array.from({ length: commands }, (_, n) => rig.sample.fire(first + n).received)
  for (let from = 0; from < commands; from += width) {
    const batch = Array.from({ length: Math.min(width, commands - from) }, (_, i) => from + i)
    for (const end of await Promise.all(
      batch.map((n) => rig.deliver(to, rig.fire(first + n), signal)),
    ))
      if (end !== rig.sample.ack) wrong.push(typeof end === 'string' ? end : end.detail)
  }
  await to.simulator.until(commands, soon()).catch((error: unknown) => wrong.push(String(error)))
  const got = to.simulator.received()
  if (got.join() !== row.join()) wrong.push(...got)
  return wrong.map((what) => `${rig.sample.name}: ${what}`)
}

/** Open files and sockets of this process; Linux says. */
function descriptors(): number | null {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : null
}

t.test(
  '500 devices at once each get their own commands, and one that hangs holds up none',
  async (t) => {
    await t.test('control: one of each is there and goes', async (t) => {
      const { devices, close } = await connect(t, samples.length)
      t.strictSame((await Promise.all(devices.map(command))).flat(), [])
      await close()
    })
    let peak = 0
    const before = { heap: heapBytes(), descriptors: descriptors() }

    await t.test('all of them', async (t) => {
      const { devices, close } = await connect(t, wanted)
      t.equal(devices.length, wanted, 'all are up')
      const opened = descriptors()
      if (opened !== null && before.descriptors !== null)
        t.ok(opened > before.descriptors + wanted, `control: they take ${opened} descriptors`)

      const hanging = samples.flatMap(({ adapter, answers }) => {
        const one = devices.find(({ rig }) => rig.sample.adapter === adapter && rig.sample.answers)
        return answers && one !== undefined ? [one] : []
      })
      const deadline = new AbortController()
      const stuck = [...new Set(hanging)].map(async ({ rig, to }) => {
        to.simulator.fault('hang')
        const end = rig.deliver(to, rig.fire(0), deadline.signal)
        await to.simulator.until(1, soon())
        return end
      })
      const others = devices.filter((device) => !hanging.includes(device))
      const wrong = await Promise.all(others.map(command))
      t.strictSame(wrong.flat(), [], 'each got its own, in order, once')
      deadline.abort()
      for (const end of await Promise.all(stuck))
        t.match(end, { code: 'timeout', reached: 'maybe' }, 'control: it did hang')
      peak = heapBytes()
      await close()
    })

    const after = { heap: heapBytes(), descriptors: descriptors() }
    t.equal(after.descriptors, before.descriptors, 'every socket came back')
    const [held, kept] = [peak - before.heap, after.heap - before.heap]
    const mebi = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
    // what is compiled and cached once stays; what 500 devices hold is far more
    t.ok(kept < held / 3, `of ${mebi(held)} that they held ${mebi(kept)} stayed`)
  },
)
