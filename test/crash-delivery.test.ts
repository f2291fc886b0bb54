import t from 'tap'
import { newId } from '../intents/id.ts'
import { doubles, lineConfig, lineDevice, oscDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { audit, livesOf, eventsOf } from './record.ts'

t.setTimeout(120_000)

const fire = (device: string, n: string) =>
  ({ verb: 'fire', device, action: 'hit', args: { n } }) as const
const set = (device: string, path: string, value: number) =>
  ({ verb: 'set', device, path, value }) as const

void t.test(
  'a hub killed in the middle of deliveries: a fire under way becomes unknown, a set is sent again, the queue goes on in order',
  async (t) => {
    const [first, second, third, desk] = await Promise.all([
      lineDevice(t),
      lineDevice(t),
      lineDevice(t),
      oscDevice(t),
    ])
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  first: ${lineConfig(first.port)}\n  second: ${lineConfig(second.port)}\n` +
        `  third: ${lineConfig(third.port)}\n` +
        `  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n`,
    )
    const acknowledged: string[] = []
    const id = () => {
      const made = newId(Date.now())
      acknowledged.push(made)
      return made
    }
    const [underWay, lasting, answered, told] = [id(), id(), id(), id()]
    // dies where the outcome of `answered` is about to be written: the device has got it and has said OK
    const hub = await room.start({
      preload: 'kill-at.ts',
      env: { KILL_AT: `before:"attempt":1,"intent":"${answered}","type":"Delivered"` },
    })
    first.answer(() => null)
    second.answer(() => null)
    const accepted = async (what: Parameters<typeof hub.submit>[0], id: string) =>
      t.equal((await hub.submit(what, { id })).status, 202)
    await accepted({ verb: 'fire', device: 'desk', action: '/go', args: [1] }, told)
    await hub.outcome(told)
    await accepted(fire('first', 'under-way'), underWay)
    const queued = ['q1', 'q2', 'q3'].map((n) => fire('first', n))
    for (const press of queued) await accepted(press, id())
    await accepted(set('first', 'level', 7), id())
    await accepted(set('second', 'level', 4), lasting)
    await accepted(fire('second', 'q4'), id())
    await first.until((got) => got.includes('HIT under-way'))
    await second.until((got) => got.includes('LEVEL 4'))
    const open = livesOf(eventsOf(room.data))
    t.same(open.get(underWay)?.ends, [], 'control: it is under way')
    t.same(open.get(lasting)?.ends, [], 'control: so is the set')
    await hub.submit(fire('third', 'answered'), { id: answered }).catch(() => null)
    t.equal((await hub.ended()).signal, 'SIGKILL', 'control: killed before the outcome was written')
    t.same(third.got, ['HIT answered'], 'control: the device had got it')
    t.same(livesOf(eventsOf(room.data)).get(answered)?.ends, [], 'control: its end is not recorded')

    first.answer(() => 'OK')
    second.answer(() => 'OK')
    const again = await room.start()
    await Promise.all(acknowledged.map((id) => again.outcome(id)))
    await again.end()
    const lives = await audit(t, room, acknowledged)
    const outcome = (id: string) => lives.get(id)?.ends[0]
    t.equal(outcome(underWay), 'unknown', 'the fire under way')
    t.match(lives.get(underWay)?.failure, { code: 'unknown-outcome', reached: 'maybe' })
    t.equal(outcome(answered), 'unknown', 'the fire whose answer nobody recorded')
    t.equal(outcome(lasting), 'confirmed', 'the set')
    t.equal(lives.get(lasting)?.attempts, 2)
    t.equal(outcome(told), 'sent')
    t.same(desk.got, ['/go 1'])
    t.same(first.got, ['HIT under-way', 'HIT q1', 'HIT q2', 'HIT q3', 'LEVEL 7'])
    t.same(second.got, ['LEVEL 4', 'LEVEL 4', 'HIT q4'])
    t.same(third.got, ['HIT answered'])
    t.same(doubles([...first.got, ...third.got]), [], 'no fire twice')
  },
)
