import t from 'tap'
import { opened, raw } from './open.contract.ts'

const path = '/api/v1/hooks/desk/known-secret'

void t.test('a device calls with whatever it speaks, and needs no token of the hub', async (t) => {
  const { url, hooks, accessRefused } = await opened(t, { host: '0.0.0.0', insecure: true })
  t.equal((await fetch(`${url}/api/v1/status`)).status, 401, 'control: others need one')
  const calls = [
    ['POST', 'application/json', '{"a":1}'],
    ['PUT', 'text/xml', '<a/>'],
    ['POST', 'application/x-www-form-urlencoded', 'a=1'],
    ['POST', 'text/plain', 'motion'],
  ] as const
  for (const [method, type, body] of calls) {
    const headers = { 'content-type': type, authorization: 'Basic ZGV2aWNlOm93bg==' }
    t.equal((await fetch(url + path, { method, headers, body })).status, 204, type)
  }
  t.equal((await fetch(`${url}${path}?door=open&n=2`)).status, 204)
  t.strictSame(hooks, [
    ...calls.map(([, type, body]) => ({ type, query: '', body })),
    { type: '', query: 'door=open&n=2', body: '' },
  ])
  t.equal(accessRefused.length, 1, 'only the control was turned away')
})

void t.test('whoever does not know the address is turned away, and that is recorded', async (t) => {
  const { url, hooks, accessRefused } = await opened(t)
  for (const wrong of ['/api/v1/hooks/desk/wrong', '/api/v1/hooks/nobody/known-secret']) {
    const refused = await fetch(url + wrong, { method: 'POST', body: 'x' })
    t.equal(refused.status, 404)
    const text = await refused.text()
    t.match(text, '"not-found"')
    t.notMatch(text, 'known-secret')
  }
  t.equal(accessRefused.length, 2)
  t.match(accessRefused[0], { detail: /webhook/ })
  const elsewhere = await fetch(`${url}/api/v1/hooks/away/x`, { method: 'POST' })
  t.equal(elsewhere.status, 503)
  t.match(await elsewhere.json(), { code: 'device-elsewhere' })
  t.equal((await fetch(url + path, { method: 'DELETE' })).status, 405)
  t.strictSame(hooks, [])
})

void t.test('a call of another site, of nonsense or of too much is refused', async (t) => {
  const { url, port, hooks } = await opened(t)
  const foreign = await fetch(url + path, {
    method: 'POST',
    headers: { origin: 'http://evil.example' },
  })
  t.equal(foreign.status, 403)
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`
  const nonsense = await raw(
    port,
    `${head}Content-Type: application/json\r\nContent-Length: 0\r\n\r\n`,
  )
  t.match(nonsense, /^HTTP\/1\.1 400 /)
  const much = Buffer.alloc(256 * 1024 + 1, 0x20)
  t.equal((await fetch(url + path, { method: 'POST', body: much })).status, 413)
  const most = Buffer.alloc(256 * 1024, 0x20)
  t.equal((await fetch(url + path, { method: 'POST', body: most })).status, 204, 'control')
  t.equal(hooks.length, 1)
})
