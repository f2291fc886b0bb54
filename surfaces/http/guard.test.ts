import t from 'tap'
import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import { WebSocket } from 'ws'
import { SurfaceError } from '../surface.ts'
import { opened, post, raw } from './open.contract.ts'
import { memoryConsole } from './memory-console.contract.ts'
import { isLoopback, sameOrigin } from '../origin.ts'
import { openHttp } from './server.ts'
import { testTls } from './certificate.contract.ts'

const anywhere = { host: '0.0.0.0', insecure: true }
const press = '/api/v1/controls/1/0/0/press'
const good = { authorization: 'Bearer good-token' }

/** A request with exactly these header fields. */
const ask = (port: number, path: string, fields: string, method = 'GET') =>
  raw(port, `${method} ${path} HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`)

void t.test('on loopback nobody needs a token, but a wrong one is turned away', async (t) => {
  const { url, wishes, accessRefused } = await opened(t)
  t.equal((await fetch(url + press, { method: 'POST' })).status, 202)
  const intent = { verb: 'hold', on: true }
  t.equal((await post(`${url}/api/v1/intents`, { intent }, good)).status, 202)
  t.match(wishes[1], { actor: { type: 'api', id: 'ops' } })
  for (const authorization of ['Bearer wrong', 'Basic Z29vZC10b2tlbg==', 'Bearer']) {
    const refused = await fetch(`${url}/api/v1/status`, { headers: { authorization } })
    t.equal(refused.status, 401)
    t.equal(refused.headers.get('www-authenticate'), 'Bearer realm="infrafabric"')
    t.match(await refused.json(), { code: 'bad-token' })
  }
  t.equal(accessRefused.length, 3)
  t.match(accessRefused[0], { source: 'http:127.0.0.1' })
})

void t.test('a name that was rebound to this machine is turned away', async (t) => {
  const { port, accessRefused } = await opened(t)
  for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]:80', 'LOCALHOST:7700'])
    t.match(await ask(port, '/api/v1/status', `Host: ${host}\r\n`), /^HTTP\/1\.1 200 /, host)
  for (const fields of [
    'Host: evil.example\r\n',
    'Host: 127.0.0.1.evil.example\r\n',
    'Host: a@b\r\n',
    '',
  ])
    t.match(await ask(port, '/api/v1/status', fields), /^HTTP\/1\.1 403 [^]*"foreign-host"/, fields)
  t.equal(accessRefused.length, 4)
})

void t.test('pages of other sites are turned away, on HTTP and on the WebSocket', async (t) => {
  const { url, port, wishes, accessRefused } = await opened(t)
  const own = { origin: url }
  t.equal((await fetch(url + press, { method: 'POST', headers: own })).status, 202)
  for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`]) {
    const refused = await fetch(url + press, { method: 'POST', headers: { origin } })
    t.equal(refused.status, 403)
    t.match(await refused.json(), { code: 'foreign-origin' })
  }
  t.equal(wishes.length, 1)
  const address = `ws://127.0.0.1:${port}/api/v1/stream`
  const foreign = new WebSocket(address, { origin: 'http://evil.example' })
  const [, response] = (await once(foreign, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ]
  t.equal(response.statusCode, 403)
  t.equal(accessRefused.length, 4)
  const friendly = new WebSocket(address, { origin: url })
  await once(friendly, 'open')
  friendly.terminate()
})

void t.test('on any other address only liveness and the sign-in are open', async (t) => {
  const { url, wishes, accessRefused } = await opened(t, anywhere)
  for (const path of ['/health', '/', '/parts/a.js'])
    t.equal((await fetch(url + path)).status, 200, path)
  const closed = ['/metrics', '/api/docs', '/api/openapi.json', '/api/v1/status', '/api/v1/events']
  for (const path of closed) {
    const refused = await fetch(url + path)
    t.match(await refused.json(), { status: 401, code: 'token-required' }, path)
  }
  t.equal((await fetch(url + press, { method: 'POST' })).status, 401)
  t.equal(wishes.length, 0)
  t.equal(accessRefused.length, closed.length + 1)
  t.equal((await fetch(url + press, { method: 'POST', headers: good })).status, 202)
  t.match(wishes[0], { actor: { type: 'operator', id: 'ops' } })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream`)
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ]
  t.equal(response.statusCode, 401)
})

void t.test(
  'while the tokens cannot be read nobody gets in, and the journal says why',
  async (t) => {
    const { url, faults, rejected } = await opened(t, anywhere)
    faults.tokens = new Error('tokens.json is not JSON')
    const refused = await fetch(`${url}/api/v1/status`, { headers: good })
    t.match(await refused.json(), { status: 500, code: 'internal' })
    t.match(rejected, [{ detail: 'internal: tokens.json is not JSON' }])
    faults.tokens = null
    t.equal((await fetch(`${url}/api/v1/status`, { headers: good })).status, 200)
  },
)

void t.test(
  'a browser signs in with a cookie that scripts cannot read, and out again',
  async (t) => {
    const { url, accessRefused } = await opened(t, anywhere)
    const session = `${url}/api/v1/session`
    t.match(await (await post(session, { token: 'wrong' })).json(), {
      code: 'bad-token',
      field: 'token',
    })
    t.equal(accessRefused.length, 1)
    const signedIn = await post(session, { token: 'good-token' })
    t.equal(signedIn.status, 204)
    const cookie = signedIn.headers.get('set-cookie') ?? ''
    t.match(
      cookie,
      /^infra_session=good-token; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    const headers = { cookie: `theme=dark; ${cookie.split(';')[0]}` }
    t.equal((await fetch(`${url}/api/v1/status`, { headers })).status, 200)
    const stale = { cookie: 'infra_session=removed' }
    t.match(await (await fetch(`${url}/api/v1/status`, { headers: stale })).json(), {
      code: 'bad-token',
    })
    const out = await fetch(session, { method: 'DELETE', headers })
    t.match(out.headers.get('set-cookie'), /^infra_session=; Max-Age=0;/)
  },
)

void t.test('an address that others can reach needs TLS or an explicit word', async (t) => {
  const options = { port: 0, tls: null, webRoot: '.', version: '0' }
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'studio.example'])
    await t.rejects(openHttp({ ...options, host, insecure: false }, memoryConsole().hub), {
      name: 'SurfaceError',
      option: 'host',
      message: /http\.host .*http\.tls.*http\.insecure/,
    })
})

void t.test('over TLS the session cookie never leaves the encrypted line', async (t) => {
  const { port } = await opened(t, { host: '0.0.0.0', tls: testTls() })
  const body = JSON.stringify({ token: 'good-token' })
  const request = httpsRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/v1/session',
    headers: { 'content-type': 'application/json' },
    rejectUnauthorized: false, // the certificate was made for this test, a moment ago
  })
  request.end(body)
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  t.equal(response.statusCode, 204)
  t.match(response.headers['set-cookie']?.[0], /; Secure$/)
  response.resume()
})

void t.test('a certificate that is none is named with its config key', async (t) => {
  const tls = { cert: 'nonsense', key: 'nonsense' }
  await t.rejects(opened(t, { tls }), { name: 'SurfaceError', option: 'tls', message: /http\.tls/ })
})

void t.test('a port in use is named with its config key, and what to do', async (t) => {
  const { port, url } = await opened(t)
  const second = openHttp(
    { host: '127.0.0.1', port, tls: null, insecure: false, webRoot: '.', version: '0' },
    memoryConsole().hub,
  )
  const error = await second.then(
    () => null,
    (error: unknown) => error,
  )
  t.ok(error instanceof SurfaceError)
  t.match(error, { option: 'port', message: `127.0.0.1:${port} is in use` })
  t.match(error, { message: /http\.port in the config/ })
  t.equal((await fetch(`${url}/health`)).status, 200, 'the first one goes on')
})

void t.test('an address that this machine does not have is named', async (t) => {
  await t.rejects(opened(t, { host: '192.0.2.1', insecure: true }), {
    name: 'SurfaceError',
    option: 'host',
    message: /no address 192\.0\.2\.1/,
  })
})

void t.test(
  'loopback is what RFC 1122 and RFC 4291 say it is, and an origin is compared whole',
  async (t) => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.10', '::1', '[::1]', '::ffff:127.0.0.1'])
      t.ok(isLoopback(host), host)
    for (const host of [
      '0.0.0.0',
      '::',
      '128.0.0.1',
      '127.evil.example',
      'localhost.evil.example',
      '',
    ])
      t.notOk(isLoopback(host), host)
    t.ok(sameOrigin('https://hub.example', 'hub.example:443'))
    t.ok(sameOrigin('http://Hub.example:80', 'hub.example'))
    t.notOk(sameOrigin('http://hub.example:8080', 'hub.example'))
    t.notOk(sameOrigin('http://hub.example', undefined))
  },
)
