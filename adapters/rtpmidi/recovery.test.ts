import t, { type Test } from 'tap'
import { type MidiMessage, midiText } from '../../wire/midi.ts'
import { decodeRtpMidi } from '../../wire/rtp-midi.ts'
import { Incoming } from '../../wire/rtp-incoming.ts'
import { Outgoing } from '../../wire/rtp-outgoing.ts'
import { soon } from '../rig.fixture.ts'
import { linked } from './linked.fixture.ts'
import { relayTo } from './relay.fixture.ts'
import { simulate } from './simulator.ts'

/** A press of many keys and a move of a fader, each of its own packet, with packets lost on the way. */
async function performed(t: Test, journal: boolean) {
  const box = await simulate()
  t.teardown(() => box.close())
  const relay = await relayTo(t, box.port, (n) => n % 4 === 0)
  const { context, fire } = linked(t, { port: relay.port, journal })
  await context.until(() => context.up === true)
  for (let note = 60; note < 80; note++) {
    t.equal(await fire('note.on', [1, note, 100]), 'sent')
    t.equal(await fire('control', [1, 7, note]), 'sent')
    t.equal(await fire('note.off', [1, note]), 'sent')
  }
  t.equal(await fire('program', [2, 9]), 'sent')
  // the box has heard all once it hears this, which the relay lets through by its number
  while (relay.passed() % 4 !== 0) t.equal(await fire('tune', null), 'sent')
  return { box, relay }
}

/** Which notes still sound, and the last value of each controller and program, by what the box got. */
function heard(received: readonly string[]) {
  const notes = new Set<string>()
  const last = new Map<string, string>()
  for (const line of received) {
    const [kind = '', channel, number = '', value = ''] = line.split(' ')
    if (kind === 'note-on') notes.add(number)
    else if (kind === 'note-off') notes.delete(number)
    else if (kind === 'control') last.set(`cc ${channel}/${number}`, value)
    else if (kind === 'program') last.set(`program ${channel}`, number)
  }
  return { notes: [...notes], last: Object.fromEntries(last) }
}

void t.test('lost packets leave no note hanging and no controller wrong', async (t) => {
  const { box, relay } = await performed(t, true)
  while (heard(box.received()).last['program 2'] !== '9') await box.until(box.count() + 1, soon())
  t.strictSame(heard(box.received()), { notes: [], last: { 'cc 1/7': '79', 'program 2': '9' } })
  t.ok(relay.dropped() > 10 && box.missed() > 10, `control: ${relay.dropped()} packets were lost`)
})

void t.test('control: without the journal notes hang', async (t) => {
  const { box, relay } = await performed(t, false)
  while (!box.received().includes('tune-request')) await box.until(box.count() + 1, soon())
  t.ok(relay.dropped() > 10)
  t.not(heard(box.received()).notes.length, 0)
})

void t.test('the last packet is put right although nothing follows it', async (t) => {
  const box = await simulate()
  t.teardown(() => box.close())
  let losing = false
  const relay = await relayTo(t, box.port, () => {
    const lost = losing
    losing = false
    return lost
  })
  const { context, fire } = linked(t, { port: relay.port })
  await context.until(() => context.up === true)
  t.equal(await fire('note.on', [1, 60, 100]), 'sent')
  await box.until(1, soon())
  losing = true
  t.equal(await fire('note.off', [1, 60]), 'sent')
  await box.until(2, soon())
  t.strictSame(box.received(), ['note-on 1 60 100', 'note-off 1 60 64'])
  t.equal(relay.dropped(), 1, 'control: its packet was lost')
})

void t.test('a flood through a lossy line ends right and stays within a datagram', async (t) => {
  const box = await simulate()
  t.teardown(() => box.close())
  let longest = 0
  const relay = await relayTo(t, box.port, (n, bytes) => {
    longest = Math.max(longest, bytes.length)
    return n % 3 === 0
  })
  const { context, fire } = linked(t, { port: relay.port })
  await context.until(() => context.up === true)
  for (let round = 0; round < 40; round++)
    await Promise.all(
      Array.from({ length: 64 }, (_, n) => fire('control', [(n % 16) + 1, n, (round + n) % 128])),
    )
  t.equal(await fire('song.select', [7]), 'sent')
  const right = () => {
    const { last } = heard(box.received())
    return Array.from({ length: 64 }, (_, n) => last[`cc ${(n % 16) + 1}/${n}`]).every(
      (value, n) => value === String((39 + n) % 128),
    )
  }
  while (!right()) await box.until(box.count() + 1, soon())
  t.ok(relay.dropped() > 10, `control: ${relay.dropped()} packets were lost`)
  t.ok(longest < 1472, `the longest packet has ${longest} bytes`)
})

void t.test('what the peer loses on its way to us is put right and counted', async (t) => {
  const packets: Buffer[] = []
  const outgoing = new Outgoing(
    9,
    0xfffe,
    { journal: true, names: false },
    { now: () => 0, send: (bytes, done) => (packets.push(bytes), done(null)) },
  )
  t.teardown(() => outgoing.close())
  const say = (message: MidiMessage) =>
    new Promise<void>((resolve) => outgoing.send([message], () => resolve()))
  await say({ kind: 'note-on', channel: 1, note: 60, velocity: 9 })
  await say({ kind: 'note-off', channel: 1, note: 60, velocity: 9 })
  await say({ kind: 'program', channel: 1, program: 3 })
  await say({ kind: 'clock' })
  const incoming = new Incoming()
  const got = [packets[0], packets[3], packets[2], packets[3]].map((bytes) => {
    const packet = bytes === undefined ? null : decodeRtpMidi(bytes)
    const arrival = packet === null ? null : incoming.got(packet)
    return arrival && [arrival.lost, ...arrival.messages.map(midiText)]
  })
  t.strictSame(got, [
    [0, 'note-on 1 60 9'],
    [2, 'program 1 3', 'note-off 1 60 64', 'clock'],
    [0],
    [0],
  ])
  t.equal(incoming.sequence, 2, 'over the end of the sequence numbers')
})
