import t, { type Test } from 'tap'
import { fakeClock } from '../../bus/clock.ts'
import { memorySite } from '../../bus/lease/memory.ts'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { macroLease, newId, type DeviceId, type LeaseId } from '../../intents/id.ts'
import { lineConfig, lineDevice } from '../../test/devices.ts'
import { openTestCore, type TestCore } from '../core.contract.ts'

// Several hubs on one log, in one process: who acts, and what becomes of it when one of them goes.

/** A sign of life lasts a minute of the clock, which stands still; real time never comes so far. */
const ttlMs = 60_000

const desk = 'desk' as DeviceId
const hit = (n: number) => ({ verb: 'fire', device: desk, action: 'hit', args: { n } }) as const

/** A site in memory: its log, its clock, and who is alive. */
function newSite() {
  const clock = fakeClock()
  const log = openMemoryLog(undefined, true)
  const site = memorySite(clock, ttlMs)
  return {
    clock,
    ...site,
    hub: (t: Test, name: string, devices: string) =>
      openTestCore(t, {
        config: `site: s\nhub: ${name}\ndevices:\n${devices}`,
        log,
        clock,
        presence: site.join(),
      }),
  }
}

const ownerOf = ({ core }: TestCore, lease: LeaseId) =>
  core.room.leases.state.leases.get(lease)?.hub ?? null

/** Until a hub knows that `hub` acts for `lease`. */
const owned = (at: TestCore, lease: LeaseId, hub: string) =>
  at.until(`${hub} acts for ${lease}`, () => ownerOf(at, lease) === hub)

void t.test('a press at one hub is delivered by the hub that has the device, once', async (t) => {
  const device = await lineDevice(t)
  const site = newSite()
  const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a')}\n`
  const [a, b] = [await site.hub(t, 'hub-a', devices), await site.hub(t, 'hub-b', devices)]
  await owned(b, desk, 'hub-a')
  const press = await b.submit(hit(1))
  t.match(press, { duplicate: false, refusal: null })
  t.match(await b.ended(press.id), { outcome: 'confirmed' })
  t.match(await a.ended(press.id), { outcome: 'confirmed' })
  t.same(device.got, ['HIT 1'])
  const attempts = (await a.entries()).filter(({ event }) => event.type === 'AttemptStarted')
  t.match(attempts, [{ hub: 'hub-a', event: { token: 1 } }])
})

void t.test('one press that comes in by both hubs is carried out once', async (t) => {
  const device = await lineDevice(t)
  const site = newSite()
  const devices = `  desk: ${lineConfig(device.port)}\n`
  const [a, b] = [await site.hub(t, 'hub-a', devices), await site.hub(t, 'hub-b', devices)]
  const id = newId(site.clock.now())
  const both = await Promise.all([a.submit(hit(7), { id }), b.submit(hit(7), { id })])
  t.same(
    both.map((receipt) => receipt.id),
    [id, id],
  )
  t.match(await a.ended(id), { outcome: 'confirmed' })
  t.match(await b.ended(id), { outcome: 'confirmed' })
  t.match(await b.submit(hit(7), { id }), { duplicate: true })
  t.same(device.got, ['HIT 7'])
  const accepts = (await a.entries()).filter(({ event }) => event.type === 'IntentAccepted')
  t.equal(accepts.length, 2, 'control: both hubs wrote it down')
})

void t.test('a hub that stops hands over what it has, at once', async (t) => {
  const device = await lineDevice(t)
  const site = newSite()
  const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a')}\n`
  const [a, b] = [await site.hub(t, 'hub-a', devices), await site.hub(t, 'hub-b', devices)]
  await owned(b, desk, 'hub-a')
  await a.stop()
  await owned(b, desk, 'hub-b') // the clock has not moved
  await owned(b, macroLease, 'hub-b')
  const press = await b.submit(hit(2))
  t.match(await b.ended(press.id), { outcome: 'confirmed' })
  t.same(device.got, ['HIT 2'])
})

void t.test(
  'when a hub dies the other waits as long as its sign counts, tells the truth of what was under way and delivers what waits',
  async (t) => {
    const device = await lineDevice(t)
    const site = newSite()
    const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a, delivery: { timeout: 10m, fireDeadline: 10m }')}\n`
    const [a, b] = [await site.hub(t, 'hub-a', devices), await site.hub(t, 'hub-b', devices)]
    await owned(b, desk, 'hub-a')
    device.answer(() => null)
    const [first, next] = [await b.submit(hit(1)), await b.submit(hit(2))]
    await device.until((got) => got.includes('HIT 1'))
    a.die()
    site.cut('hub-a', true)
    device.answer(() => 'OK')
    site.clock.advance(ttlMs / 2)
    t.equal(ownerOf(b, desk), 'hub-a', 'control: it may still be alive')
    for (let beats = 0; beats < 6; beats++) {
      site.clock.advance(ttlMs / 6)
      await b.core.members?.beat()
    }
    await owned(b, desk, 'hub-b')
    t.match(await b.ended(first.id), { outcome: 'unknown' })
    t.match(await b.ended(next.id), { outcome: 'confirmed' })
    t.same(device.got, ['HIT 1', 'HIT 2'])
  },
)

void t.test('a device that is plugged into one machine waits for it', async (t) => {
  const device = await lineDevice(t)
  const site = newSite()
  const devices = `  desk: ${lineConfig(device.port, ', hub: hub-a, pinned: true')}\n`
  const b = await site.hub(t, 'hub-b', devices)
  const press = await b.submit(hit(3), { expiresInMs: ttlMs })
  await owned(b, macroLease, 'hub-b')
  t.equal(ownerOf(b, desk), null)
  t.same(device.got, [])
  await site.hub(t, 'hub-a', devices)
  t.match(await b.ended(press.id), { outcome: 'confirmed' })
  t.same(device.got, ['HIT 3'])
})
