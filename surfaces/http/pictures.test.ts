import t from 'tap'
import { jpeg, png } from '../../test/fixtures/pictures.ts'
import { opened } from './open.contract.ts'

const path = '/api/v1/controls/1/0/0/picture'
const live = { state: 'live', type: 'image/png', bytes: png, tag: 'first' } as const

void t.test('the picture of a control is served as what it is, and nothing keeps it', async (t) => {
  const { url, pictures } = await opened(t)
  pictures.set(0, live)
  pictures.set(1, { state: 'live', type: 'image/jpeg', bytes: jpeg, tag: 'second' })
  const answer = await fetch(url + path)
  t.equal(answer.status, 200)
  t.same(Buffer.from(await answer.arrayBuffer()), png)
  const headers = Object.fromEntries(answer.headers)
  t.match(headers, {
    'content-type': 'image/png',
    'content-length': String(png.length),
    etag: '"first"',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  })
  const other = await fetch(`${url}/api/v1/controls/1/0/1/picture?tag=second`)
  t.match(Object.fromEntries(other.headers), { 'content-type': 'image/jpeg', etag: '"second"' })
  t.same(Buffer.from(await other.arrayBuffer()), jpeg)
})

void t.test('who has the picture already gets no bytes', async (t) => {
  const { url, pictures } = await opened(t)
  pictures.set(0, live)
  const ask = async (tag: string) => {
    const answer = await fetch(url + path, { headers: { 'if-none-match': tag } })
    return [answer.status, answer.headers.get('etag'), (await answer.arrayBuffer()).byteLength]
  }
  for (const tag of ['"first"', 'W/"first"', '"old", "first"', '*'])
    t.same(await ask(tag), [304, '"first"', 0], tag)
  for (const tag of ['"old"', 'first', ''])
    t.same(await ask(tag), [200, '"first"', png.length], `control: ${tag}`)
})

void t.test('why there is no picture is told, and where to look', async (t) => {
  const { url, pictures } = await opened(t)
  const said = async () => {
    const answer = await fetch(url + path)
    const { code, detail } = (await answer.json()) as { code: string; detail: string }
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/)
    return [answer.status, code, detail]
  }
  t.same(await said(), [404, 'no-picture', 'No device shows a picture at 1/0/0.'])
  pictures.set(0, { state: 'none', detail: 'obs shows no picture air at this moment' })
  t.same(await said(), [404, 'no-picture', 'obs shows no picture air at this moment'])
  pictures.set(0, { state: 'elsewhere', detail: 'obs air: the hub hub-b acts for it' })
  t.same(await said(), [503, 'device-elsewhere', 'obs air: the hub hub-b acts for it'])
})

void t.test('whoever may not see the faces does not see the pictures', async (t) => {
  const { url, pictures } = await opened(t, { host: '0.0.0.0', insecure: true })
  pictures.set(0, live)
  const ask = async (headers: Record<string, string>) =>
    (await fetch(url + path, { headers })).status
  t.equal(await ask({}), 401)
  t.equal(await ask({ authorization: 'Bearer bad-token' }), 401)
  t.equal(await ask({ cookie: 'infra_session=bad-token' }), 401)
  t.equal(await ask({ origin: 'http://elsewhere.example' }), 403)
  t.equal(await ask({ authorization: 'Bearer good-token' }), 200, 'control')
  t.equal(await ask({ cookie: 'infra_session=good-token' }), 200, 'control: a browser')
})

void t.test('pictures stand in the document of the API', async (t) => {
  const { url } = await opened(t)
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    paths: Record<string, { get: { responses: Record<string, { content?: object }> } }>
  }
  const route = document.paths['/api/v1/controls/{page}/{row}/{col}/picture']
  t.same(Object.keys(route?.get.responses['200']?.content ?? {}), ['image/png', 'image/jpeg'])
  t.ok(route?.get.responses['304'])
})
