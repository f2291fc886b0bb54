import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import type { LinkContext } from '../adapter.ts'
import { adapter } from './adapter.ts'
import type { HttpOptions } from './options.ts'
import { type HttpSimulatorOptions, simulate } from './simulator.ts'

const device = 'hook' as DeviceId // any name will do

/** A service, a link to it, and what it reports. */
async function talking(t: Test, more: Partial<HttpOptions>, how: HttpSimulatorOptions = {}) {
  const service = await simulate(how)
  const options: HttpOptions = {
    url: `http://127.0.0.1:${service.port}`,
    actions: {},
    sets: {},
    verifyTls: true,
    ...more,
  }
  const reported = new Map<string, Json>()
  let look = () => {}
  const context: LinkContext = {
    report(path, value) {
      reported.set(path, value)
      look()
    },
    changed: () => {},
    picture: () => {},
    barred: () => null,
  }
  const link = adapter.open(options, context)
  t.teardown(async () => {
    await link.close()
    await service.close()
  })
  const until = (what: () => boolean) =>
    new Promise<void>((resolve) => {
      look = () => what() && resolve()
      look()
    })
  const request = (args: Json) => {
    const plan = adapter.plan({ verb: 'fire', device, action: 'request', args }, options, new Map())
    if (!plan.ok) throw new Error(plan.failure.detail)
    return link.send(plan.command, AbortSignal.timeout(5000))
  }
  return { service, link, reported, until, request }
}

void t.test('a poll reads JSON by its paths, and the newest counts', async (t) => {
  const { service, reported, until } = await talking(t, {
    polls: [
      {
        path: '/status',
        everyMs: 100,
        reports: [
          { at: 'power', path: 'power' },
          { at: 'inputs.*.name', path: 'input/{1}/name' },
          { at: 'level', path: 'loud', as: 'boolean' },
        ],
      },
    ],
  })
  service.show('application/json', '{"power":"on","level":0,"inputs":[{"name":"A"},{"name":"B"}]}')
  await until(() => reported.has('input/1/name'))
  t.strictSame(Object.fromEntries(reported), {
    power: 'on',
    loud: false,
    'input/0/name': 'A',
    'input/1/name': 'B',
  })
  service.show('application/json', '{"power":"off","level":2}')
  await until(() => reported.get('power') === 'off')
  t.equal(reported.get('loud'), true)
  t.match(service.received()[0], /^GET \/status/)
})

void t.test('a poll reads XML, plain text, and what makes no sense as nothing', async (t) => {
  const { service, reported, until } = await talking(t, {
    polls: [{ path: '/', everyMs: 100 }],
    reports: [
      { at: 'vmix.active', path: 'active' },
      { at: 'vmix.inputs.input.*.@title', path: 'title/{1}' },
      { pattern: '^VOLUME (\\d+)', path: 'volume' },
    ],
  })
  service.show(
    'text/xml',
    '<vmix><active>2</active><inputs><input title="A &amp; B"/><input title="C"/></inputs></vmix>',
  )
  await until(() => reported.has('title/1'))
  t.strictSame(Object.fromEntries(reported), { active: 2, 'title/0': 'A & B', 'title/1': 'C' })
  service.show('text/plain', '<vmix><!DOCTYPE x [<!ENTITY a "b">]><active>9</active></vmix>')
  service.show('text/plain', 'VOLUME 42')
  await until(() => reported.has('volume'))
  t.equal(reported.get('volume'), 42)
  t.equal(reported.get('active'), 2)
})

void t.test('an answer to a command is read, and a refused poll is said by the test', async (t) => {
  const { service, link, reported, until, request } = await talking(t, {
    reports: [{ at: 'ok', path: 'ok' }],
    polls: [{ path: '/secret-path', everyMs: 100 }],
  })
  t.equal(await request({ method: 'POST', path: '/x' }), 'confirmed')
  t.equal(reported.get('ok'), true)
  service.fault('refuse')
  await service.until(service.count() + 2, AbortSignal.timeout(5000))
  const said = await link.test(AbortSignal.timeout(5000))
  t.match(said, /answers HEAD with 403; polls\.0: refused with 403/)
  t.notMatch(said, 'secret-path')
  service.fault('none')
  await until(() => reported.size > 0)
})

void t.test('a wrong password is not tried for ever', async (t) => {
  const digest = { user: 'anna', password: 'right-one', algorithm: 'MD5', uses: 100 } as const
  const good = await talking(t, { user: 'anna', password: 'right-one', auth: 'digest' }, { digest })
  t.equal(await good.request({ method: 'POST', path: '/x?y=1' }), 'confirmed', 'control')
  const bad = await talking(t, { user: 'anna', password: 'other', auth: 'digest' }, { digest })
  const error: unknown = await bad
    .request({ method: 'POST', path: '/x' })
    .catch((error: unknown) => error)
  t.match(error, { failure: { code: 'refused', reached: 'yes', detail: /password \(401\)/ } })
  t.equal(bad.service.count(), 0)
})

const secret = 'a-long-enough-secret'

void t.test('a call of the device becomes reports: JSON, XML, a form, the address', async (t) => {
  const { link, reported } = await talking(t, {
    hook: { secret, reports: [{ at: 'motion', path: 'motion' }] },
    reports: [
      { at: 'event.type', when: { at: 'event.id', equals: 7 }, path: 'event' },
      { at: 'alarm.zone', path: 'zone' },
    ],
  })
  const call = (type: string, body: string, query = '', word = secret) =>
    link.hook?.({ secret: word, type, query, body: Buffer.from(body) })
  t.equal(call('application/json', '{"motion":true,"event":{"id":7,"type":"start"}}'), 'taken')
  t.equal(reported.get('motion'), true)
  t.equal(reported.get('event'), 'start')
  t.equal(call('application/json', '{"event":{"id":8,"type":"end"}}'), 'taken')
  t.equal(reported.get('event'), 'start', 'not the event that is wanted')
  t.equal(call('text/xml', '<alarm><zone>3</zone></alarm>'), 'taken')
  t.equal(reported.get('zone'), 3)
  t.equal(call('application/x-www-form-urlencoded', 'motion=no+more'), 'taken')
  t.equal(reported.get('motion'), 'no more')
  t.equal(call('', '', 'motion=1'), 'taken')
  t.equal(reported.get('motion'), 1)
})

void t.test('a call with a wrong secret or nonsense reports nothing', async (t) => {
  const { link, reported } = await talking(t, {
    hook: { secret, reports: [{ at: '', path: 'x' }] },
  })
  const call = (type: string, body: Buffer, word = secret) =>
    link.hook?.({ secret: word, type, query: '', body })
  for (const wrong of ['', 'wrong', `${secret}x`, secret.slice(1)])
    t.equal(call('application/json', Buffer.from('{}'), wrong), 'unknown')
  t.equal(call('application/json', Buffer.from('{')), 'malformed')
  t.equal(call('text/xml', Buffer.from('{}')), 'malformed')
  t.equal(call('text/plain', Buffer.from('ff', 'hex')), 'malformed')
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  t.equal(call('application/json', Buffer.from(deep)), 'taken')
  t.equal(reported.size, 0, 'too deep to be reported')
  t.equal(call('application/json', Buffer.from('{"a":1}')), 'taken')
  t.strictSame(reported.get('x'), { a: 1 }, 'control')
  const closed = await talking(t, {})
  t.equal(closed.link.hook, undefined, 'no hook in the config: no calls')
})
