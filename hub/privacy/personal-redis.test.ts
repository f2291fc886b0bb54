import t, { type Test } from 'tap'
import { needsRedis, startServer, type Server } from '../../bus/log-redis/server.fixture.ts'
import { newId, type DeviceId } from '../../intents/id.ts'
import type { Actor, Intent } from '../../intents/intent.ts'
import { lineConfig, lineDevice } from '../../test/devices.ts'
import { until } from '../../test/site.ts'
import { openCore, type Core } from '../compose.ts'
import { configFrom, newData, parts } from '../core.contract.ts'
import { noDefaults } from '../intake.ts'
import { recordOf } from '../audit/record-of.ts'

// Two whole hubs on one real Redis: personal text reaches its device whichever hub it came in by, and is on no disk and no
// server once it is redacted.

const desk = 'desk' as DeviceId
const secret = 'Anna Müller wants a taxi'
const anna: Actor = { type: 'operator', id: 'anna', surface: 'test', control: '' }
const title: Intent = { verb: 'set', device: desk, path: 'level', value: secret }

async function openHub(t: Test, server: Server, hub: string, port: number): Promise<Core> {
  const config = `
site: room
hub: ${hub}
log: { engine: redis, url: "redis://127.0.0.1:${server.port}", leaseTtl: 500ms }
witness: { personal: [level] }
devices:
  desk: ${lineConfig(port, ', hub: hub-a, delivery: { setDeadline: 60s }')}
`
  const core = await openCore({ parts, config: configFrom(config), data: newData(t), version: 't' })
  return core
}

const outcomeOf = ({ room }: Core, id: string) =>
  room.deliveries.state.intents.get(id as never)?.outcome?.type

void t.test(
  'another hub delivers it after a take-over, and it is gone everywhere once it is redacted',
  needsRedis,
  async (t) => {
    const server = await startServer(t, ['--appendonly', 'yes', '--appendfsync', 'always'])
    const device = await lineDevice(t)
    const a = await openHub(t, server, 'hub-a', device.port)
    const b = await openHub(t, server, 'hub-b', device.port)
    await until('hub-a has the desk', () => b.room.leases.state.leases.get(desk)?.hub === 'hub-a')
    const id = newId(Date.now())
    const wish = { intent: title, actor: anna, source: 'test:1', id }
    t.match(await b.intake.submit(wish, noDefaults), { refusal: null })
    await until('it is delivered', () => outcomeOf(b, id) === 'confirmed')
    t.same(device.got, [`LEVEL ${secret}`])

    await device.unplug()
    await until('the link is down', () => b.room.devices.state.devices.get(desk)?.link.up === false)
    const again = newId(Date.now())
    await a.intake.submit({ ...wish, id: again }, noDefaults)
    await a.close('the take-over')
    await device.plug()
    await until('hub-b delivers it', () => outcomeOf(b, again) === 'confirmed')
    t.equal(device.got.at(-1), `LEVEL ${secret}`)

    const stream = JSON.stringify(await server.ask('XRANGE', 'if:{room}:journal', '-', '+'))
    t.notMatch(stream, 'Müller')
    const held = Number(await server.ask('HLEN', 'if:{room}:disclosures'))
    t.ok(held >= 2, 'control: it is beside the stream')
    for (const one of b.room.deliveries.state.intents.keys())
      await b.custody.redact({ intent: one }, 'asked', anna)
    t.equal(await server.ask('HLEN', 'if:{room}:disclosures'), 0)
    const record = await recordOf(b.room, b.journal.log, id)
    t.match(b.personal.show(record), { submission: { intent: { value: '[redacted]' } } })
    await b.close('the test is over')
  },
)

void t.test('what one hub redacts another shows to nobody from then on', needsRedis, async (t) => {
  const server = await startServer(t)
  const device = await lineDevice(t)
  const a = await openHub(t, server, 'hub-a', device.port)
  const b = await openHub(t, server, 'hub-b', device.port)
  const id = newId(Date.now())
  await a.intake.submit({ intent: title, actor: anna, source: 'test:1', id }, noDefaults)
  await until('hub-b knows its end', () => outcomeOf(b, id) === 'confirmed')
  const shownBy = ({ personal, room }: Core) => {
    const intent = room.deliveries.state.intents.get(id)?.submission.intent
    return personal.show(intent)
  }
  t.match(shownBy(b), { value: secret })
  t.match(await a.custody.redact({ intent: id }, 'asked', anna), { refusal: null })
  await until('hub-b has seen it', () => JSON.stringify(shownBy(b)).includes('[redacted]'))
  await a.close('the test is over')
  await b.close('the test is over')
})
