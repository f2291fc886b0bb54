import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { MemoryPorts } from '../../wire/memory-midi-ports.fixture.ts'
import { PortWire } from '../../wire/midi-port-wire.ts'
import { NoPorts, portOf, type MidiPorts } from '../../wire/midi-ports.ts'
import { DeliveryError } from '../adapter.ts'
import { soon, watch } from '../rig.fixture.ts'
import { adapter } from './adapter.ts'
import { samples } from './contract.ts'
import { MidiLink } from './link.ts'
import type { MidiPortOptions } from './options.ts'
import { simulate } from './simulator.ts'

/** How often the tests look for plugs. Milliseconds. */
const lookMs = 5

async function usual(): Promise<MidiPortOptions> {
  const place = await simulate()
  await place.close()
  const [sample] = samples
  if (sample === undefined) throw new Error('no sample')
  return { ...sample.options(place), via: 'system', output: 'x-touch' }
}

async function linked(
  t: Test,
  load: () => Promise<MidiPorts>,
  given: Partial<MidiPortOptions> = {},
) {
  const options = { ...(await usual()), ...given }
  const context = watch()
  const reported: unknown[] = []
  const seen = {
    ...context,
    report(path: string, value: unknown) {
      reported.push([path, value])
      context.reports++
    },
  }
  const link = new MidiLink(seen, (events) => new PortWire(options, events, load, lookMs))
  t.teardown(() => link.close())
  link.open()
  const note = (note: number) =>
    link
      .send(
        { messages: [{ kind: 'note-on', channel: 1, note, velocity: 1 }], timecode: null },
        soon(),
      )
      .catch((error: unknown) => (error instanceof DeliveryError ? error.failure : error))
  return { context, reported, link, note }
}

const xTouch = 'X-Touch:X-Touch MIDI 1 24:0'

void t.test(
  'a port is found by a part of its name, lost with its plug and found again',
  async (t) => {
    const machine = new MemoryPorts()
    machine.plugged.in.push('Keys 20:0')
    machine.plugged.out.push('Keys 20:0')
    const { context, reported, link, note } = await linked(t, () => Promise.resolve(machine))
    const early = note(59)
    await context.until(() => context.up === false)
    t.match(context.details.at(-1), 'there is no MIDI output "x-touch"; there are: Keys 20:0')
    t.match(await early, { code: 'unreachable', reached: 'no' })
    machine.plugged.in.push(xTouch)
    machine.plugged.out.push(xTouch)
    await context.until(() => context.up === true)
    t.match(await link.test(soon()), `MIDI port ${xTouch}`)
    t.equal(await note(60), 'sent')
    t.strictSame(machine.sent, [`${xTouch}: 903c01`])
    machine.say(xTouch, '903c64')
    machine.say(xTouch, '803c00')
    t.strictSame(reported, [
      ['note/1/60', 100],
      ['note/1/60', 0],
    ])
    machine.plugged.out.pop()
    await context.until(() => context.up === false)
    t.match(context.details.at(-1), `${xTouch} was unplugged`)
    t.strictSame([...machine.open], [], 'both ways are closed')
    t.match(await note(61), { code: 'unreachable', reached: 'no' })
    machine.plugged.out.push('X-Touch:X-Touch MIDI 1 28:0')
    await context.until(() => context.up === true)
    t.equal(await note(62), 'sent', 'under the name that it has now')
    t.equal(machine.sent.at(-1), 'X-Touch:X-Touch MIDI 1 28:0: 903e01')
  },
)

void t.test('a virtual port, one way alone, and what the driver refuses', async (t) => {
  const machine = new MemoryPorts()
  const load = () => Promise.resolve(machine)
  const virtual = await linked(t, load, { virtual: true, output: 'InfraFabric' })
  await virtual.context.until(() => virtual.context.up === true)
  t.strictSame([...machine.open], ['out InfraFabric', 'in InfraFabric'])
  t.equal(await virtual.note(1), 'sent')
  const reset = virtual.link
    .send({ messages: [{ kind: 'reset' }], timecode: null }, soon())
    .catch((error: unknown) => error)
  t.match(await reset, {
    failure: { code: 'unreachable', reached: 'no', detail: /driver is busy/ },
  })
  await virtual.link.close()
  machine.plugged.in.push(xTouch)
  const ears = await linked(t, load, { direction: 'in' })
  await ears.context.until(() => ears.context.up === true)
  t.match(await ears.note(1), { detail: /only listened to/, reached: 'no' })
})

void t.test('names: the exact one first, then any case of a part', async (t) => {
  t.equal(portOf('Keys', ['My keys', 'Keys']), 'Keys')
  t.equal(portOf('KEYS', ['Other', 'My keys']), 'My keys')
  t.equal(portOf('', ['Other', 'My keys']), 'Other', 'the first there is')
  t.equal(portOf('x', []), null)
})

void t.test(
  'what is missing on a machine without MIDI is said, and looked for again',
  async (t) => {
    const machine = new MemoryPorts()
    machine.plugged.in.push(xTouch)
    machine.plugged.out.push(xTouch)
    let tries = 0
    const { context, note } = await linked(t, () =>
      tries++ < 3
        ? Promise.reject(new NoPorts('the package is missing'))
        : Promise.resolve(machine),
    )
    await context.until(() => context.up === false)
    t.equal(context.details.at(-1), 'the package is missing')
    await context.until(() => context.up === true)
    t.equal(await note(1), 'sent')
  },
)

void t.test(
  'the real library: a virtual port where there is a sequencer, else the reason',
  async (t) => {
    const context = watch()
    const options = { ...(await usual()), virtual: true, output: 'InfraFabric test' }
    const link = adapter.open(options, context)
    t.teardown(() => link.close())
    await context.until(() => context.up !== null)
    const hasSequencer = process.platform !== 'linux' || existsSync('/dev/snd/seq')
    t.equal(context.up, hasSequencer, context.details.join())
    if (!hasSequencer) t.match(context.details[0], /no ALSA sequencer .*modprobe snd-seq/)
  },
)
