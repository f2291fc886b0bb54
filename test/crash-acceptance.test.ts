import t from 'tap'
import { newId } from '../intents/id.ts'
import { lineConfig, lineDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { audit, eventsOf } from './record.ts'

t.setTimeout(120_000)

const moments = ['before', 'torn', 'written', 'synced'] as const

void t.test(
  'a hub killed while it records a press has done nothing, and the same press sent again is carried out at most once',
  async (t) => {
    const relay = await lineDevice(t)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n`,
    )
    const presses = moments.map((moment) => ({ moment, id: newId(Date.now()), n: `n-${moment}` }))
    const acknowledged: string[] = []
    for (const { moment, id, n } of presses) {
      const dying = await room.start({
        preload: 'kill-at.ts',
        env: { KILL_AT: `${moment}:${n}` },
      })
      const press = { verb: 'fire', device: 'relay', action: 'hit', args: { n } } as const
      await t.rejects(dying.submit(press, { id }), `${moment}: the press is not answered`)
      t.equal((await dying.ended()).signal, 'SIGKILL', `control: killed, ${moment}`)
      t.notOk(relay.got.includes(`HIT ${n}`), 'what is not recorded is not sent')
      const hub = await room.start()
      const again = await hub.submit(press, { id })
      t.equal(again.status, 202)
      acknowledged.push(id)
      const recorded = moment === 'written' || moment === 'synced'
      t.equal(again.body['duplicate'], recorded, `${moment}: known only if it was recorded`)
      t.equal(await hub.outcome(id), recorded ? 'unknown' : 'confirmed', `${moment}: its outcome`)
      await hub.end('SIGKILL')
    }
    t.same(relay.got, ['HIT n-before', 'HIT n-torn'], 'each at most once')
    const recovered = eventsOf(room.data).filter(({ type }) => type === 'LogRecovered')
    t.equal(recovered.length, 1, 'control: one tail was torn, cut and recorded')
    await audit(t, room, acknowledged)
  },
)
