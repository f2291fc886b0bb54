import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { newId } from '../intents/id.ts'
import { doubles, lineConfig, lineDevice, oscDevice } from './devices.ts'
import { type Answer, list, newRoom } from './hub-process.ts'
import { audit } from './record.ts'
import { lineClient, oscSender } from './senders.ts'

t.setTimeout(120_000)

const pairs = 100
/** Faster than any hand: what a bouncing switch does. */
const apartMs = 5

/** Two presses 5 ms apart, a hundred times over. */
async function press<T>(times: number, once: (n: number) => T): Promise<readonly T[]> {
  const made: T[] = []
  for (let n = 0; n < times; n++) {
    made.push(once(2 * n))
    await pause(apartMs)
    made.push(once(2 * n + 1))
  }
  return made
}

void t.test(
  'a hundred double presses are two hundred presses, each recorded, delivered and ended, by every way in',
  async (t) => {
    const relay = await lineDevice(t)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  relay: ${lineConfig(relay.port, ', delivery: { fireDeadline: 60s }')}\n` +
        `surfaces:\n  touch: { type: osc, port: 0 }\n  lines: { type: tcp, port: 0 }\n` +
        `pages:\n  1:\n    0/0: { press: { fire: relay, action: hit, args: [cut] } }\n`,
    )
    const hub = await room.start()
    const path = '/api/v1/controls/1/0/0/press'
    const ids = (answers: readonly Answer[]) => {
      t.same([...new Set(answers.map(({ status }) => status))], [202])
      return answers.map(({ body }) => String(body['id']))
    }
    const one = ids(await Promise.all(await press(pairs, () => hub.post(path))))
    const two = await Promise.all(
      ['anna', 'ben'].map(async (operator) =>
        ids(await Promise.all(await press(pairs / 2, () => hub.post(path, { operator })))),
      ),
    )
    const lines = await lineClient(t, await hub.port('lines'))
    await press(pairs, () => lines.write('LOCATION 1/0/0 PRESS'))
    const answers = await lines.answers(2 * pairs)
    t.equal(answers.filter((line) => /^\+OK \S+ confirmed$/.test(line)).length, 2 * pairs)
    const send = await oscSender(t, await hub.port('touch'))
    await Promise.all(await press(pairs, () => send('/location/1/0/0/press')))
    await relay.until((got) => got.length === 8 * pairs)
    await hub.quiet()
    await hub.end()
    const lives = [...(await audit(t, room, [...one, ...two.flat()])).values()]
    t.equal(new Set([...one, ...two.flat()]).size, 4 * pairs)
    const by = (test: (surface: string, id: string) => boolean) =>
      lives.filter(
        ({ submission: { actor, source }, ends }) =>
          actor.type === 'operator' &&
          test(source.split(':')[0] ?? '', actor.id) &&
          ends[0] === 'confirmed',
      ).length
    t.same(
      {
        http: by((from, id) => from === 'http' && id === 'unidentified'),
        anna: by((_, id) => id === 'anna'),
        ben: by((_, id) => id === 'ben'),
        tcp: by((from) => from === 'tcp'),
        osc: by((from) => from === 'osc'),
      },
      { http: 200, anna: 100, ben: 100, tcp: 200, osc: 200 },
    )
    t.equal(relay.got.length, 8 * pairs, 'the device got every one, and no other')
  },
)

void t.test(
  'the same id is one intent: at once, after a kill and a restart, and after it was forgotten',
  async (t) => {
    const [relay, desk] = await Promise.all([lineDevice(t), oscDevice(t)])
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n` +
        `  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n` +
        `surfaces:\n  lines: { type: tcp, port: 0 }\n`,
    )
    // version 7 carries its time; version 4 does not, so only the record can tell whether it is new
    const ids = { v7: newId(Date.now()), v4: 'c0ffee00-1234-4abc-8def-0123456789ab' }
    let hub = await room.start()
    const first = new Map<string, unknown>()
    const again = async (when: string) => {
      for (const [n, id] of Object.entries(ids)) {
        const fire = { verb: 'fire', device: 'relay', action: 'hit', args: { n } }
        const all = await Promise.all([hub.submit(fire, { id }), hub.submit(fire, { id })])
        for (const { status } of all) t.equal(status, 202)
        const fresh = all.filter(({ body }) => body['duplicate'] === false)
        t.equal(fresh.length, first.has(id) ? 0 : 1, `${when}, ${n}`)
        if (!first.has(id)) first.set(id, fresh[0]?.body['position'])
        for (const { body } of all) t.equal(body['position'], first.get(id), 'the first position')
        t.equal(await hub.outcome(id), 'confirmed')
      }
    }
    await again('twice at once')
    await again('once more')
    await hub.end('SIGKILL')
    hub = await room.start()
    await again('after a kill')
    // 4,100 others: what ended longest ago is no longer at hand
    const lines = await lineClient(t, await hub.port('lines'))
    for (let n = 0; n < 4100; n++) lines.write(`FIRE desk /cue/go ${n}`)
    t.equal((await lines.answers(4100)).filter((line) => line.startsWith('+OK')).length, 4100)
    const { body } = await hub.get('/api/v1/intents?device=relay')
    t.same(list(body['intents']), [], 'control: they are forgotten')
    await again('after 4,100 others')
    await hub.end('SIGKILL')
    hub = await room.start()
    await again('after all of that and a kill')
    await hub.end()
    t.same(relay.got, ['HIT v7', 'HIT v4'], 'each was delivered once')
    t.same(doubles(desk.got), [])
    await audit(t, room, Object.values(ids))
  },
)
