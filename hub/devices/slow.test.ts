import t from 'tap'
import { simulate } from '../../adapters/http/simulator.ts'
import type { DeviceId } from '../../intents/id.ts'
import { webService } from '../../test/web-service.ts'
import { openDesk, openTestCore } from '../core.contract.ts'

// The slow lane of a hub that needs no server: the same promises, in its own process.

const patience = () => AbortSignal.timeout(10_000)
const notify = (n: number) =>
  ({ verb: 'fire', device: 'mail' as DeviceId, action: 'notify', args: { n } }) as const
const slowMail = (url: string, slow: string) =>
  `  mail: { protocol: http, url: "${url}", lane: slow, slow: ${slow}, actions: { notify: { method: POST, path: "/notify/{n}" } } }\n`

void t.test('a service that hangs delays nobody else', async (t) => {
  const service = await webService(t)
  service.hold(true)
  const desk = await openDesk(t)
  const { core, submit, ended } = await openTestCore(t, {
    config:
      `site: s\ndevices:\n${slowMail(service.url, '{}')}` +
      `  desk: { protocol: osc, host: ${desk.host}, port: ${desk.port} }\n`,
  })
  const slow = await submit(notify(1))
  const next = await submit(notify(2))
  await service.until(1)
  for (let n = 0; n < 20; n++) {
    const press = await submit({
      verb: 'fire',
      device: 'desk' as DeviceId,
      action: '/go',
      args: [n],
    })
    t.match(press, { refusal: null })
    t.match(await ended(press.id), { outcome: 'sent' })
  }
  await desk.until(20, patience())
  const state = core.room.deliveries.state
  t.equal(state.intents.get(slow.id)?.outcome, null, 'control: it hangs all the while')
  service.hold(false)
  service.release()
  t.match(await ended(slow.id), { outcome: 'confirmed' })
  t.match(await ended(next.id), { outcome: 'confirmed' })
  t.same(service.got, ['POST /notify/1', 'POST /notify/2'])
})

void t.test('a slow action of a device does not hold up its quick ones', async (t) => {
  const service = await webService(t)
  const { submit, ended } = await openTestCore(t, {
    config:
      `site: s\ndevices:\n  mail: { protocol: http, url: "${service.url}", actions: {` +
      ` notify: { method: POST, path: "/notify/{n}", lane: slow }, lamp: { method: POST, path: /lamp } } }\n`,
  })
  service.hold(true)
  const slow = await submit(notify(1))
  await service.until(1)
  service.hold(false)
  const lamp = await submit({ verb: 'fire', device: 'mail' as DeviceId, action: 'lamp', args: {} })
  t.match(await ended(lamp.id), { outcome: 'confirmed' })
  t.same(service.got, ['POST /notify/1', 'POST /lamp'])
  service.release()
  t.match(await ended(slow.id), { outcome: 'confirmed' })
})

void t.test('no more calls reach a service than its rate allows', async (t) => {
  const service = await webService(t)
  const { clock, submit, ended } = await openTestCore(t, {
    config: `site: s\ndevices:\n${slowMail(service.url, '{ concurrency: 8, rate: { most: 3, per: 10s } }')}`,
  })
  const all = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => submit(notify(n))))
  const ids = all.map(({ id }) => id)
  t.equal(ids.length, 7)
  const first = await Promise.all(ids.slice(0, 3).map(ended))
  t.equal(first.filter(({ outcome }) => outcome === 'confirmed').length, 3)
  clock.advance(9_999)
  t.equal(service.got.length, 3, 'the window is not over')
  clock.advance(1)
  await Promise.all(ids.slice(3, 6).map(ended))
  t.equal(service.got.length, 6)
  clock.advance(10_000)
  await Promise.all(ids.slice(6).map(ended))
  t.equal(service.got.length, 7, 'control: all had their turn')
})

void t.test('a service that says it is too busy is asked again later', async (t) => {
  const service = await webService(t)
  service.hold(true)
  const { clock, core, submit, ended, until } = await openTestCore(t, {
    config: `site: s\ndevices:\n${slowMail(service.url, '{ backoff: 5s }')}`,
  })
  const press = await submit(notify(1))
  await service.until(1)
  service.release(429)
  const attempts = () => core.room.deliveries.state.intents.get(press.id)?.attempts
  await until('the first attempt has failed', () => attempts()?.[0]?.retryAt != null)
  clock.advance(10_000)
  await service.until(2)
  service.release()
  t.match(await ended(press.id), { outcome: 'confirmed' })
  t.same(service.got, ['POST /notify/1', 'POST /notify/1'])
})

void t.test('a secret that is missing is told, and nothing is sent', async (t) => {
  const sim = await simulate({})
  t.teardown(() => sim.close())
  const { clock, core, submit, until } = await openTestCore(t, {
    config:
      `site: s\ndevices:\n  mail: { protocol: http, url: "http://${sim.host}:${sim.port}", lane: slow,` +
      ` slow: { attempts: 1 }, token: "\${env:NO_SUCH_SECRET}", actions: { notify: { method: POST, path: "/{n}" } } }\n`,
  })
  const press = await submit(notify(1))
  const record = () => core.room.deliveries.state.intents.get(press.id)
  await until('it has failed', () => record()?.outcome != null)
  t.match(record()?.outcome, {
    type: 'failed',
    failure: { detail: /NO_SUCH_SECRET/, reached: 'no' },
  })
  t.equal(sim.count(), 0)
  const router = core.routers.get('mail' as DeviceId)
  await t.rejects(async () => router?.test(patience()), { message: /NO_SUCH_SECRET/ })
  clock.advance(1)
})
