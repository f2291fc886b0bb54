import t from 'tap'
import { decodeAppleMidi, encodeAppleMidi } from '../../wire/apple-midi.ts'
import { openPair } from '../../wire/rtp-pair.ts'
import { soon } from '../rig.fixture.ts'
import { linked } from './linked.fixture.ts'
import { relayTo } from './relay.fixture.ts'
import { simulate } from './simulator.ts'

void t.test('what the peer sends is reported by path', async (t) => {
  const box = await simulate({ session: 'accept' })
  t.teardown(() => box.close())
  const { context, reported, fire } = linked(t, { port: box.port, session: 'accept' })
  await context.until(() => context.up === true)
  t.equal(await fire('tune', null), 'sent')
  await box.until(1, soon())
  box.say([{ kind: 'note-on', channel: 1, note: 60, velocity: 9 }])
  await context.until(() => reported.get('note/1/60') === 9)
  box.say([
    { kind: 'note-off', channel: 1, note: 60, velocity: 0 },
    { kind: 'control', channel: 2, controller: 1, value: 1 },
    { kind: 'control', channel: 2, controller: 33, value: 5 },
    { kind: 'pitch', channel: 1, value: -8192 },
    { kind: 'sysex', data: Uint8Array.of(0x7f, 0x7f, 0x02, 0x01, 0x01, 0x35) },
    { kind: 'sysex', data: Uint8Array.of(0x7f, 0x7f, 0x06, 0x06) },
    { kind: 'sysex', data: Uint8Array.of(0x43, 0x01) },
    { kind: 'sysex', data: Uint8Array.of(0x7f, 0x7f, 0x01, 0x01, 0x21, 2, 3, 4) },
    { kind: 'start' },
  ])
  await context.until(() => reported.has('transport'))
  t.strictSame(Object.fromEntries(reported), {
    'note/1/60': 0,
    'cc/2/1': 1,
    'cc/2/33': 5,
    'cc14/2/1': 133,
    'pitch/1': -8192,
    msc: { device: 127, format: 1, command: 'go', cue: ['5'], count: 1 },
    mmc: { device: 127, command: 'record', count: 2 },
    sysex: { bytes: '43 01', length: 2, count: 3 },
    timecode: '01:02:03:04',
    transport: 'start',
  })
})

void t.test('feedback confirms the very packet, and no other', async (t) => {
  const box = await simulate()
  t.teardown(() => box.close())
  let losing = false
  const relay = await relayTo(t, box.port, () => losing)
  const { context, fire } = linked(t, { port: relay.port, confirm: 'feedback', silenceMs: 5000 })
  await context.until(() => context.up === true)
  t.equal(await fire('note.on', [1, 60]), 'confirmed')
  box.fault('hang')
  t.match(await fire('note.on', [1, 61], AbortSignal.timeout(100)), {
    code: 'timeout',
    reached: 'maybe',
  })
  box.fault('none')
  t.equal(await fire('note.on', [1, 62]), 'confirmed', 'control: it is told again')
  losing = true
  t.match(await fire('note.on', [1, 63], AbortSignal.timeout(100)), {
    code: 'timeout',
    reached: 'maybe',
  })
  losing = false
  t.equal(await fire('note.on', [1, 64]), 'confirmed')
  await box.until(5, soon())
  t.strictSame(
    box.received().map((line) => line.split(' ')[2]),
    ['60', '61', '62', '63', '64'],
    'the lost one came with the next',
  )
})

void t.test(
  'a peer that leaves, declines, or is silent is lost at once and found again',
  async (t) => {
    const box = await simulate()
    t.teardown(() => box.close())
    const { context, fire, link } = linked(t, { port: box.port, silenceMs: 400 })
    await context.until(() => context.up === true)
    t.match(await link.test(soon()), /Simulated stage box, round trip \d/)
    box.leave()
    await context.until(() => context.up === false)
    t.match(context.details.at(-1), /left the session/)
    t.match(await fire('note.on', [1, 60]), { code: 'unreachable', reached: 'no' })
    await context.until(() => context.up === true)
    t.equal(await fire('note.on', [1, 60]), 'sent', 'it was invited again')

    const mute = await openPair({ address: '127.0.0.1', port: 0 }, null, {
      got: (which, bytes, from) => {
        const packet = decodeAppleMidi(bytes)
        if (packet?.kind !== 'invitation') return
        const { token } = packet
        const answer = encodeAppleMidi(
          packet.name === 'nobody'
            ? { kind: 'declined', token, ssrc: 7 }
            : { kind: 'accepted', token, ssrc: 7, name: 'mute' },
        )
        mute.send(which, answer, from, () => {})
      },
      failed: () => {},
    })
    t.teardown(() => mute.close())
    const silent = linked(t, { port: mute.port, silenceMs: 400 })
    await silent.context.until(() => silent.context.up === true)
    await silent.context.until(() => silent.context.up === false)
    t.match(silent.context.details.at(-1), /mute has been silent for 400 ms/)
    const declined = linked(t, { port: mute.port, shownAs: 'nobody' })
    await declined.context.until(() => declined.context.up === false)
    t.match(declined.context.details.at(-1), /declined the invitation/)
  },
)

void t.test('only whom the config names may come in', async (t) => {
  const box = await simulate({ session: 'accept' })
  t.teardown(() => box.close())
  const { context, reported, fire } = linked(t, { port: box.port, session: 'accept' })
  await context.until(() => context.up === true)
  t.equal(await fire('tune', null), 'sent')
  await box.until(1, soon())
  const stranger = await openPair({ address: '127.0.0.2', port: 0 }, null, {
    got: () => t.fail('a stranger was answered'),
    failed: () => {},
  })
  t.teardown(() => stranger.close())
  const to = { address: '127.0.0.1', port: box.port }
  const invitation = encodeAppleMidi({ kind: 'invitation', token: 1, ssrc: 2, name: 'stranger' })
  stranger.send('control', invitation, to, () => {})
  const note = Buffer.from('80e1000100000000000000020390 3c64'.replaceAll(' ', ''), 'hex')
  stranger.send('data', note, { ...to, port: box.port + 1 }, () => {})
  for (let n = 0; n < 1000; n++) {
    const noise = Buffer.from(Array.from({ length: n % 60 }, (_, at) => (n * 31 + at * 7) & 0xff))
    stranger.send('data', noise, { ...to, port: box.port + 1 }, () => {})
  }
  // what came before it was looked at before it
  box.say([{ kind: 'note-on', channel: 1, note: 1, velocity: 1 }])
  await context.until(() => reported.has('note/1/1'))
  t.strictSame([...reported.keys()], ['note/1/1'])
  t.equal(await fire('note.on', [1, 60]), 'sent')
  const taken = linked(t, { port: box.port, session: 'accept' })
  await taken.context.until(() => taken.context.up === false)
  t.match(taken.context.details.at(-1), /in use/, 'a port of somebody else is said so')
})

void t.test('time code runs by the clock until it is stopped', async (t) => {
  const box = await simulate()
  t.teardown(() => box.close())
  const { context, fire } = linked(t, { port: box.port })
  await context.until(() => context.up === true)
  t.equal(await fire('mtc.run', ['10:00:00:00', '25']), 'sent')
  const began = performance.now()
  await box.until(41, soon())
  const took = performance.now() - began
  t.equal(await fire('mtc.stop', null), 'sent')
  t.equal(box.received()[0], 'sysex 7f 7f 01 01 2a 00 00 00')
  const [first] = box.received().slice(1)
  t.equal(first, 'quarter-frame 0')
  t.ok(took > 250, `forty quarter frames of 10 ms took ${took.toFixed(0)} ms`)
  const count = box.count()
  t.equal(await fire('tune', null), 'sent')
  await box.until(count + 1, soon())
  t.equal(box.received().at(-1), 'tune-request')
})
