import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { adapter } from './adapter.ts'
import type { HttpOptions } from './options.ts'

/** The command ends with a failure like this. */
async function failsAs(t: Test, sending: Promise<string>, failure: object): Promise<void> {
  const error = await sending.catch((error: unknown) => error)
  t.ok(error instanceof DeliveryError, 'a DeliveryError')
  t.match(error, failure)
}

const device = 'hook' as DeviceId // any name will do
const base: HttpOptions = {
  url: 'http://127.0.0.1:9/api',
  actions: {
    show: {
      method: 'POST',
      path: '/scene/{scene}',
      query: { at: '{at}' },
      headers: { 'X-Who': '{who}' },
      json: { scene: '{scene}', all: ['{extra}', 'at {at}'] },
    },
    text: { method: 'PUT', path: '/text', body: 'say {what}' },
    both: { method: 'PUT', path: '/', json: 1, body: '2' },
    evil: { method: 'GET', path: '/', headers: { Host: 'elsewhere' } },
  },
  sets: { level: { method: 'PUT', path: '/level', json: '{value}' } },
  verifyTls: true,
}

function plan(action: string, args: Json, options = base) {
  return adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
}

function why(action: string, args: Json): string {
  const planned = plan(action, args)
  return planned.ok ? 'no failure' : planned.failure.detail
}

void t.test(
  'a request is made of its templates, each place written as its part needs',
  async (t) => {
    const args = { scene: 'a/b c', at: '1&2', who: 'anna', extra: { deep: [1] } }
    t.strictSame(plan('show', args), {
      ok: true,
      command: {
        method: 'POST',
        path: '/scene/a%2Fb%20c?at=1%262',
        headers: { 'content-type': 'application/json', 'x-who': 'anna' },
        body: '{"scene":"a/b c","all":[{"deep":[1]},"at 1&2"]}',
      },
    })
    t.match(plan('text', ['hi']), { command: { body: 'say hi' } })
  },
)

void t.test('no argument can add a header, leave the path or change the host', async (t) => {
  const args = { scene: 'a', at: '1', who: 'anna', extra: 1 }
  t.match(why('show', { ...args, who: 'a\r\nx-admin: 1' }), /"who": expected printable ASCII/)
  t.match(why('show', { ...args, scene: '..' }), /"scene": expected text that is not \. or \.\./)
  t.match(why('show', { ...args, scene: '\ud800' }), /"scene"/)
  t.match(why('evil', null), /header "host": this header is not for you/)
  t.match(why('both', null), /`json` or `body`/)
  const request = (more: { readonly [key: string]: Json }) =>
    why('request', { method: 'GET', path: '/', ...more })
  t.equal(request({}), 'no failure', 'control')
  for (const path of [
    '//elsewhere/',
    '/\\elsewhere',
    '/a/../../b',
    '/%2e%2e/b',
    '/a b',
    '/a\r\nb',
    'x',
    '/#',
  ])
    t.match(request({ path }), /path/, JSON.stringify(path))
  t.match(request({ method: 'BREW' }), /"method": expected one of GET/)
  t.match(request({ headers: { 'a:b': 'c' } }), /not a header name/)
  t.match(request({ headers: { a: 'b\nc' } }), /without line breaks/)
  t.match(request({ headers: { 'Transfer-Encoding': 'chunked' } }), /not for you/)
  t.match(request({ headers: { a: 1 } }), /"headers": "a": expected text, got a number/)
  t.match(request({ other: 1 }), /"other" is not known/)
})

void t.test('a url that is none refuses commands and says so on the link', async (t) => {
  const options = { ...base, url: 'http://' }
  t.match(plan('text', ['x'], options), { failure: { detail: 'config: url is none' } })
  const states: unknown[] = []
  const link = adapter.open(options, {
    report: () => {},
    barred: () => null,
    changed: (...all) => states.push(all),
  })
  t.strictSame(states, [[false, 'config: url is none']])
  await failsAs(t, link.test(AbortSignal.timeout(1000)), { failure: { code: 'malformed' } })
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** One request to a server that answers so. */
async function answered(t: Test, answer: Answer, more: Partial<HttpOptions> = {}, args?: Json) {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const options = { ...base, url: `http://127.0.0.1:${port}/api`, ...more }
  const link = adapter.open(options, { report: () => {}, barred: () => null, changed: () => {} })
  t.teardown(async () => {
    await link.close()
    server.closeAllConnections()
    server.close()
  })
  const planned = plan('request', args ?? { method: 'POST', path: '/x' }, options)
  if (!planned.ok) throw new Error(planned.failure.detail)
  return link.send(planned.command, AbortSignal.timeout(5000)).catch((error: unknown) => error)
}

void t.test('the status says what became of it and whether it may be asked again', async (t) => {
  const cases = [
    [200, 'confirmed'],
    [204, 'confirmed'],
    [302, { failure: { code: 'refused', reached: 'yes' } }],
    [401, { failure: { code: 'refused', reached: 'yes', detail: /token/ } }],
    [404, { failure: { code: 'refused', reached: 'yes', detail: /404/ } }],
    [429, { failure: { code: 'unreachable', reached: 'no' } }],
    [500, { failure: { code: 'refused', reached: 'yes' } }],
    [503, { failure: { code: 'unreachable', reached: 'no' } }],
  ] as const
  for (const [status, wanted] of cases) {
    const answer: Answer = (request, response) => {
      response.statusCode = status
      // careless services repeat what they got
      response.end(JSON.stringify(request.headers))
    }
    const end = await answered(t, answer, { token: 'S3CR3T' })
    if (end instanceof DeliveryError) t.notMatch(end.failure.detail, /S3CR3T/)
    if (typeof wanted === 'string') t.equal(end, wanted, String(status))
    else t.match(end, wanted, String(status))
  }
})

void t.test('who asks is said in the way that the config wants', async (t) => {
  const ask = async (more: Partial<HttpOptions>) => {
    let seen: string | undefined
    await answered(
      t,
      (request, response) => {
        seen = request.headers.authorization
        response.end()
      },
      more,
    )
    return seen
  }
  t.equal(await ask({}), undefined)
  t.equal(await ask({ token: 'abc' }), 'Bearer abc')
  // the example of RFC 7617 section 2
  const basic = { user: 'Aladdin', password: 'open sesame' }
  t.equal(await ask(basic), 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
})

void t.test(
  'a redirect is followed within the device only, and a POST is not repeated',
  async (t) => {
    const to =
      (status: number, location: string): Answer =>
      (request, response) => {
        response.statusCode = request.url === '/api/there' ? 200 : status
        if (response.statusCode !== 200) response.setHeader('location', location)
        response.end()
      }
    t.equal(await answered(t, to(307, '/api/there')), 'confirmed', 'control: it is followed')
    t.equal(await answered(t, to(302, 'there'), {}, { method: 'GET', path: '/x' }), 'confirmed')
    for (const [status, location] of [
      [302, '/api/there'],
      [307, 'http://127.0.0.2/api/there'],
      [307, '//127.0.0.2/api/there'],
      [308, '/other/there'],
      [307, '/api/x'],
      [307, 'http://['],
    ] as const)
      t.match(await answered(t, to(status, location)), { failure: { code: 'refused' } }, location)
  },
)

void t.test('an answer that is too large is no answer', async (t) => {
  const answer =
    (bytes: number): Answer =>
    (_, response) =>
      void response.end(Buffer.alloc(bytes))
  t.equal(await answered(t, answer(1024 * 1024)), 'confirmed', 'control: 1 MiB is taken')
  t.match(await answered(t, answer(1024 * 1024 + 1)), {
    failure: { code: 'malformed', reached: 'maybe' },
  })
})

void t.test('a server without TLS is never sent the request over https', async (t) => {
  let asked = 0
  const server = createServer(() => asked++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const options = { ...base, url: `https://127.0.0.1:${port}` }
  const link = adapter.open(options, { report: () => {}, barred: () => null, changed: () => {} })
  t.teardown(async () => {
    await link.close()
    server.close()
  })
  const planned = plan('text', ['x'], options)
  if (!planned.ok) throw new Error(planned.failure.detail)
  await failsAs(t, link.send(planned.command, AbortSignal.timeout(5000)), {
    failure: { code: 'unreachable', reached: 'no' },
  })
  t.equal(asked, 0)
})
