import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { slip } from '../wire/slip.ts'
import { encode } from '../wire/osc-encode.ts'
import { toOscArgs } from '../wire/osc-arg.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { audit } from './record.ts'

t.setTimeout(120_000)

const hit = (device: string, n: string) => ({ verb: 'fire', device, action: 'hit', args: [n] })

void t.test('what has expired while its device hangs is never sent late', async (t) => {
  const relay = await lineDevice(t)
  const room = newRoom(
    t,
    `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
      `  relay: ${lineConfig(relay.port, ', delivery: { timeout: 1500ms }')}\n`,
  )
  const hub = await room.start()
  relay.answer((line) => (line === 'HIT hangs' ? null : 'OK'))
  const first = await hub.submit(hit('relay', 'hangs'))
  await relay.until((got) => got.length === 1)
  const late = await hub.submit(hit('relay', 'late'), { expiresInMs: 300 })
  const kept = await hub.submit(hit('relay', 'kept'), { expiresInMs: 30_000 })
  const of = async ({ body }: typeof first) => hub.outcome(String(body['id']))
  t.equal(await of(late), 'expired')
  t.same(relay.got, ['HIT hangs'], 'control: its device still hangs at that moment')
  t.equal(await of(first), 'unknown')
  t.equal(await of(kept), 'confirmed')
  t.same(relay.got, ['HIT hangs', 'HIT kept'])
  await hub.end()
  await audit(t, room)
})

void t.test(
  'HOLD refuses what waits and what comes until it is released, also after a kill',
  async (t) => {
    const relay = await lineDevice(t)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n`,
    )
    let hub = await room.start()
    relay.answer(() => null)
    await hub.submit(hit('relay', 'under way'))
    await relay.until((got) => got.length === 1)
    const waits = await hub.submit(hit('relay', 'waits'))
    t.equal((await hub.submit({ verb: 'hold', on: true })).status, 202)
    t.equal(await hub.outcome(String(waits.body['id'])), 'refused')
    relay.answer(() => 'OK')
    const held = { outcome: { type: 'refused', failure: { code: 'held', detail: /HOLD/ } } }
    const comes = await hub.submit(hit('relay', 'comes'), { wait: 'outcome' })
    t.match(comes.body, held)
    await hub.end('SIGKILL')
    hub = await room.start()
    t.match((await hub.submit(hit('relay', 'after'), { wait: 'outcome' })).body, held)
    await hub.submit({ verb: 'hold', on: false })
    const free = await hub.submit(hit('relay', 'free'), { wait: 'outcome' })
    t.match(free.body, { outcome: { type: 'confirmed' } }, 'control: released, it works')
    await hub.end()
    t.same(relay.got, ['HIT under way', 'HIT free'])
    await audit(t, room)
  },
)

void t.test(
  'ten thousand intents for a device that is away all end: presses in time, of each value only the last is sent',
  async (t) => {
    const relay = await lineDevice(t)
    await relay.unplug()
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  relay: ${lineConfig(relay.port, ', delivery: { fireDeadline: 3s, setDeadline: 110s }')}\n` +
        `surfaces:\n  touch: { type: osc, transport: tcp-slip, port: 0 }\n`,
    )
    const hub = await room.start()
    const count = 10_000
    const socket = connect(await hub.port('touch'), '127.0.0.1')
    await once(socket, 'connect')
    t.teardown(() => socket.destroy())
    const packets = Array.from({ length: count }, (_, n) => {
      const made = toOscArgs([n])
      const to = ['fire/relay/hit', 'set/relay/level', 'fire/relay/hit', 'set/relay/other'][n % 4]
      return slip(encode(`/if/${to}`, made.ok ? made.args : []))
    })
    socket.write(Buffer.concat(packets))
    let accepted = 0
    await hub.entry((event) => event.type === 'IntentAccepted' && ++accepted === count)
    let ended = 0
    // half are presses; of each of the two values all but the last have been overtaken
    await hub.entry(
      (event) =>
        ((event.type === 'AttemptFailed' && event.retryAt === null) ||
          event.type === 'IntentEnded') &&
        ++ended === count - 2,
    )
    t.same(relay.got, [], 'control: it is away')
    await relay.plug()
    await hub.quiet()
    t.same(relay.got.toSorted(), [`LEVEL ${count - 3}`, `OTHER ${count - 1}`])
    await hub.end()
    const lives = [...(await audit(t, room)).values()]
    t.equal(lives.length, count)
    const byId = new Map(lives.map((life) => [life.submission.id as string, life]))
    const wrong = lives.filter(({ submission: { intent }, ends, by }, n) => {
      if (intent.verb === 'fire') return ends[0] !== 'failed'
      if (n >= count - 3) return ends[0] !== 'confirmed'
      const newer = byId.get(by ?? '')?.submission
      return (
        ends[0] !== 'cancelled' ||
        newer?.intent.verb !== 'set' ||
        intent.verb !== 'set' ||
        newer.intent.path !== intent.path ||
        Number(newer.intent.value) <= Number(intent.value)
      )
    })
    t.same(
      wrong.slice(0, 3),
      [],
      'presses failed; of the values each names the newer that took its place',
    )
  },
)
