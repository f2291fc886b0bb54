import t from 'tap'
import { opened, post } from './open.contract.ts'

const good = { authorization: 'Bearer good-token' }
const anywhere = { host: '0.0.0.0', insecure: true }

void t.test('the sealed log is served as C2SP tlog-tiles asks for', async (t) => {
  const { url, unseal } = await opened(t)
  const head = await fetch(`${url}/witness/checkpoint`)
  t.equal(head.headers.get('content-type'), 'text/plain; charset=utf-8')
  t.equal(head.headers.get('cache-control'), 'no-cache')
  t.match(await head.text(), /^studio\.example\/log\n1\n/)
  const tile = await fetch(`${url}/witness/tile/0/000.p/1`)
  t.equal(tile.headers.get('content-type'), 'application/octet-stream')
  t.equal(tile.headers.get('cache-control'), 'private, max-age=31536000, immutable')
  t.same(Buffer.from(await tile.arrayBuffer()), Buffer.alloc(32, 7))
  for (const encoding of ['gzip', 'identity', 'gzip;q=0']) {
    const answer = await fetch(`${url}/witness/tile/entries/000.p/1`, {
      headers: { 'accept-encoding': encoding },
    })
    t.equal(answer.headers.get('content-encoding'), encoding === 'gzip' ? 'gzip' : null)
    t.equal(answer.headers.get('vary'), 'accept-encoding')
    t.same(Buffer.from(await answer.arrayBuffer()), Buffer.from('\0\x02{}'))
  }
  const none = await fetch(`${url}/witness/tile/0/001`)
  t.equal(none.status, 404)
  t.equal(none.headers.get('cache-control'), 'no-store', 'what is not there yet will be')
  t.match(await none.json(), { code: 'not-found' })
  unseal()
  t.equal((await fetch(`${url}/witness/checkpoint`)).status, 404)
})

void t.test('where a token is asked for, it is for the sealed log too', async (t) => {
  const { url } = await opened(t, anywhere)
  for (const path of ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1']) {
    t.equal((await fetch(`${url}/witness/${path}`)).status, 401, path)
    const ok = await fetch(`${url}/witness/${path}`, { headers: good })
    t.equal(ok.status, 200, `control: ${path}`)
  }
  t.equal((await post(`${url}/api/v1/witness/key/rotate`, {})).status, 401)
})

void t.test('who reads the journal is told to the hub, with what and from where', async (t) => {
  const { url, reads } = await opened(t)
  for (const path of ['status', 'devices', 'panel', 'runs', 'witness'])
    await (await fetch(`${url}/api/v1/${path}`)).text()
  for (const path of ['health', 'metrics', 'witness/checkpoint', 'witness/tile/0/000.p/1'])
    await (await fetch(`${url}/${path}`)).text()
  t.same(reads, [], 'the state of the room is not the journal')
  const options = { headers: good }
  await (await fetch(`${url}/api/v1/intents?after=7`, options)).text()
  await (await fetch(`${url}/api/v1/replay?to=5`, options)).text()
  await (await post(`${url}/api/v1/witness/verify`, {}, good)).text()
  await (await fetch(`${url}/witness/tile/entries/000.p/1`, options)).text()
  const end = new AbortController()
  await fetch(`${url}/api/v1/events?after=start`, { ...options, signal: end.signal })
  end.abort()
  const by = { actor: { type: 'api', id: 'ops' }, source: 'http:127.0.0.1' }
  t.match(reads, [
    { ...by, route: 'intents', from: '7' },
    { ...by, route: 'replay', from: null, to: '5' },
    { ...by, route: 'verify', from: null },
    { ...by, route: 'tiles', from: '$0', to: '$0' },
    { ...by, route: 'events', from: null, to: null },
  ])
  t.equal((await fetch(`${url}/api/v1/intents/nobody`)).status, 404)
  t.equal(reads.length, 5, 'what was not found was not read')
})

void t.test('a key is changed by who asks for it, and a refusal says why', async (t) => {
  const { url, keyChanges, faults } = await opened(t)
  const path = `${url}/api/v1/witness/key/rotate`
  const prepared = await post(path, { prepare: true }, good)
  t.match(await prepared.json(), { old: 'log+1+A', next: 'log+2+A', last: null })
  const changed = await fetch(path, { method: 'POST' })
  t.match(await changed.json(), { last: 7 })
  t.match(keyChanges, [
    { how: 'prepare', actor: { type: 'api', id: 'ops' } },
    { how: 'change', actor: { type: 'api', id: 'local' } },
  ])
  t.equal((await post(path, { prepare: 'yes' })).status, 422)
  faults.key = 'the key is a systemd credential'
  const refused = await post(path, {})
  t.equal(refused.status, 409)
  t.match(await refused.json(), { code: 'key-refused', detail: 'the key is a systemd credential' })
})
