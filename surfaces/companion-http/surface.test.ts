import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { collect } from '../../wire/collect.fixture.ts'
import t, { type Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import { surface } from './surface.ts'

const loopback = {
  ...{ host: '127.0.0.1', port: 0, insecure: false, operator: 'anna', answerMs: 30_000 },
  deprecated: false,
  variables: {
    cue: { device: 'desk', path: '/cue/name' },
    level: { device: 'desk', path: '/level' },
    lost: { device: 'broken', path: 'x' },
  },
}

async function open(t: Test, options: Partial<typeof loopback> = {}) {
  const host = new RecordingHost()
  const opened = await surface.open('companion', { ...loopback, ...options }, host)
  t.teardown(() => opened.close())
  const ask = async (path: string, init: RequestInit = { method: 'POST' }) => {
    const response = await fetch(`${opened.address}${path}`, init)
    return [response.status, await response.text()] as const
  }
  return { host, opened, ask }
}

const json = (body: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
})

// routes, statuses and bodies: Companion 5.0, manual "HTTP Remote Control" and source of its HttpApi service
void t.test("Companion's requests get Companion's statuses and bodies", async (t) => {
  const { host, ask } = await open(t)
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  host.report('desk', '/cue/name', 'intro')
  host.report('mypro', 'recording', true)
  host.report('mypro', 'volume', 0.5)
  for (const word of ['press', 'down', 'up', 'rotate-left', 'rotate-right'])
    t.strictSame(await ask(`/api/location/1/0/2/${word}`), [200, 'ok'], word)
  t.strictSame(
    host.gestures.map(({ gesture }) => gesture),
    ['press', 'down', 'up', 'rotate-left', 'rotate-right'],
  )
  t.match(host.gestures[0], {
    place: { page: 1, row: 0, col: 2 },
    actor: { type: 'operator', id: 'anna', surface: 'companion', control: '1/0/2' },
    source: /^companion-http:127\.0\.0\.1:\d+$/,
  })
  t.strictSame(await ask('/api/location/9/0/0/press'), [204, ''], 'no control')
  t.strictSame(await ask('/api/location/x/0/0/press'), [204, ''], 'no place')
  t.strictSame(await ask('/api/location/1/8/0/up'), [200, 'ok'], 'nothing is bound')
  t.strictSame(await ask('/api/location/1/0/2/step?step=1'), [200, 'ok'], 'its only step')
  t.strictSame(await ask('/api/location/1/0/2/step?step=2'), [400, 'Bad step'])
  t.strictSame(await ask('/api/location/1/7/7/step?step=1'), [204, ''])
  t.strictSame(await ask('/api/surfaces/rescan'), [200, 'ok'])
  const read: RequestInit = { method: 'GET' }
  t.strictSame(await ask('/api/custom-variable/cue/value', read), [200, 'intro'])
  t.strictSame(await ask('/api/custom-variable/none/value', read), [404, 'Not found'])
  t.strictSame(await ask('/api/custom-variable/__proto__/value', read), [404, 'Not found'])
  t.strictSame(await ask('/api/variable/custom/cue/value', read), [200, 'intro'])
  t.strictSame(await ask('/api/variable/mypro/recording/value', read), [200, 'true'])
  t.strictSame(await ask('/api/variable/mypro/volume/value', read), [200, '0.5'])
  t.strictSame(await ask('/api/variable/desk/%2Fcue%2Fname/value', read), [200, 'intro'])
  t.strictSame(await ask('/api/variable/mypro/none/value', read), [404, 'Not found'])
  t.strictSame(await ask('/api/location/1/0/2/press', read), [404, ''], 'a GET presses nothing')
  t.strictSame(await ask('/api/location/1/0/2/jump'), [404, ''])
  t.strictSame(await ask('/api/%zz'), [404, ''])
})

void t.test('a custom variable sets what the config says', async (t) => {
  const { host, ask } = await open(t)
  const cue = '/api/custom-variable/cue/value'
  t.strictSame(await ask(`${cue}?value=intro`), [200, 'ok'])
  t.strictSame(await ask(cue, json('"Some text"')), [200, 'ok'])
  t.strictSame(await ask(cue, json('{"a":[1]}')), [200, 'ok'])
  t.strictSame(await ask(cue, { method: 'POST', body: ' outro\n' }), [200, 'ok'])
  t.strictSame(
    host.wishes.map(({ intent }) => intent),
    ['intro', 'Some text', { a: [1] }, 'outro'].map((value) => ({
      ...{ verb: 'set', device: 'desk', path: '/cue/name' },
      value,
    })),
  )
  const level = '/api/custom-variable/level/value'
  const values = host.wishes.length
  t.strictSame(await ask(`${level}?value=0.5`), [200, 'ok'], 'nothing is known of it')
  host.report('desk', '/level', 1)
  t.strictSame(await ask(`${level}?value=0.5`), [200, 'ok'], 'it is a number')
  t.strictSame(await ask(`${level}?value=loud`), [200, 'ok'], 'whether it may be, the hub says')
  host.report('desk', '/cue/name', 'intro')
  t.strictSame(await ask(`${cue}?value=7`), [200, 'ok'], 'it is a text')
  t.strictSame(
    host.wishes.splice(values).map(({ intent }) => 'value' in intent && intent.value),
    ['0.5', 0.5, 'loud', '7'],
  )
  t.strictSame(await ask(cue), [400, 'No value'])
  t.strictSame(await ask(cue, json('{}')), [400, 'No value'])
  t.strictSame(await ask(cue, json('{')), [400, 'Bad value'])
  t.strictSame(await ask(cue, json('['.repeat(40) + ']'.repeat(40))), [400, 'Bad value'])
  t.strictSame(await ask('/api/custom-variable/none/value?value=1'), [404, 'Not found'])
  t.equal(host.wishes.length, 4)
})

void t.test('what was not done is never ok', async (t) => {
  const { host, ask } = await open(t, { answerMs: 500 })
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  t.match(await ask('/api/location/1/2/0/press'), [502, /it is/], 'one of two devices is away')
  t.match(await ask('/api/custom-variable/lost/value?value=1'), [502, /it is/])
  t.match(await ask('/api/location/1/0/2/style', json('{"png64":"X"}')), [400, /png64 cannot/])
  t.match(await ask('/api/location/1/0/2/style', json('{"font":"X"}')), [501, /font cannot be/])
  for (const aside of ['"alignment":"left:aside"', '"pngalignment":"left:top"'])
    t.match(await ask('/api/location/1/0/2/style', json(`{"text":"x",${aside}}`)), [
      400,
      /alignment cannot be "left:/,
    ])
  t.equal(host.wishes.length, 1, 'and nothing of it was set')
  host.full = true
  t.match(await ask('/api/location/1/0/2/press'), [503, /nothing was done: no space/])
})

void t.test('a style is set for each thing that it says, or nothing of it is', async (t) => {
  const { host, ask } = await open(t)
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  const style = '/api/location/1/0/2/style'
  t.strictSame(await ask(`${style}?text=ON%20AIR&bgcolor=%23ff0000`), [200, 'ok'])
  t.strictSame(await ask(style, json('{"color":16777215,"size":"auto"}')), [200, 'ok'])
  t.strictSame(
    host.wishes.map(({ intent }) => intent),
    [
      ['text', 'ON AIR'],
      ['colour', '#ff0000'],
      ['textColour', '#ffffff'],
      ['size', 100],
    ].map(([what, value]) => ({
      ...{ verb: 'set', device: 'site', path: `looks/1/0/2/${what}` },
      value,
    })),
  )
  t.match(host.wishes[0], { actor: { id: 'anna', control: '1/0/2 text' } })
  t.strictSame(
    await ask(`${style}?text=query&color=&size=28px`, json('{"text":"b","color":"red"}')),
    [200, 'ok'],
  )
  t.strictSame(
    host.wishes.splice(4).map(({ intent }) => 'value' in intent && intent.value),
    ['query', '#ff0000', 64],
    'the query counts before the body, and an empty colour is none',
  )
  t.match(await ask(`${style}?text=x&color=darkish`), [400, /color cannot be "darkish"/])
  t.match(await ask(style), [400, /text, color, bgcolor, size, png64 or alignment/])
  t.strictSame(await ask(style, json('{')), [400, 'Bad style'])
  t.strictSame(await ask('/api/location/1/7/7/style?text=x'), [204, ''])
  t.equal(host.wishes.length, 4)
})

void t.test('an outcome that takes long is accepted, and named', async (t) => {
  // with Node 20, what waits for a time can be collected before that has come
  const collecting = setInterval(collect, 10)
  t.teardown(() => clearInterval(collecting))
  const { host, ask } = await open(t, {
    answerMs: 100,
    variables: { slow: { device: 'slow', path: 'x' } } as unknown as typeof loopback.variables, // other names
  })
  t.match(await ask('/api/custom-variable/slow/value?value=1'), [202, /accepted.*[\da-f]{12}$/])
  t.equal(host.wishes.length, 1)
  host.release()
})

void t.test('two clients that press 5 ms apart are 200 of 200', async (t) => {
  const { host, ask } = await open(t)
  for (let n = 0; n < 100; n++)
    t.strictSame(
      await Promise.all([ask('/api/location/1/0/2/press'), ask('/api/location/1/0/2/press')]),
      [
        [200, 'ok'],
        [200, 'ok'],
      ],
    )
  t.equal(host.gestures.length, 200)
})

void t.test("another site's page, and a name that was rebound, press nothing", async (t) => {
  const { host, opened } = await open(t)
  const { port } = new URL(opened.address)
  const ask = async (headers: Record<string, string>) => {
    const path = '/api/location/1/0/2/press'
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path, headers }).end()
    const [response] = await once(sent, 'response')
    response.resume()
    return response.statusCode as number // of an answer that came
  }
  t.equal(await ask({ origin: 'http://evil.example' }), 403)
  t.equal(await ask({ host: 'evil.example' }), 403)
  t.equal(await ask({ origin: 'null' }), 403)
  t.equal(host.gestures.length, 0)
  t.equal(host.rejections.length, 3)
  // control: the same without them, and from a page of its own
  t.equal(await ask({}), 200)
  t.equal(await ask({ origin: `http://127.0.0.1:${port}` }), 200)
  t.equal(host.gestures.length, 2)
})

void t.test('hostile requests cost themselves only', async (t) => {
  const { host, opened, ask } = await open(t)
  const port = Number(new URL(opened.address).port)
  const raw = async (text: string) => {
    const socket = connect({ port, host: '127.0.0.1' })
    t.teardown(() => socket.destroy())
    socket.on('error', () => {}) // a reset is an answer, too
    let said = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      said += chunk
    })
    socket.write(text)
    await once(socket, 'close')
    return said
  }
  t.match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400/)
  t.match(await raw(`POST /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`), /^(HTTP\/1\.1 4(31|14)|$)/)
  const [status] = await ask('/api/custom-variable/cue/value', {
    method: 'POST',
    body: 'x'.repeat(70_000),
  })
  t.equal(status, 413)
  t.strictSame(await ask('/api/location/1/0/2/press'), [200, 'ok'], 'the next one is served')
  t.equal(host.gestures.length, 1)
})

void t.test(
  'others than this machine need an explicit word, and closing frees the port',
  async (t) => {
    const host = new RecordingHost()
    await t.rejects(surface.open('companion', { ...loopback, host: '0.0.0.0' }, host), {
      option: 'host',
      message: /insecure: true/,
    })
    const { opened } = await open(t)
    const port = Number(new URL(opened.address).port)
    await t.rejects(surface.open('companion', { ...loopback, port }, host), {
      option: 'port',
      message: /is in use/,
    })
    await Promise.all([opened.close(), opened.close()])
    const again = await surface.open('companion', { ...loopback, port }, host)
    await again.close()
  },
)

void t.test('a picture and colours by their names are set, and taken back', async (t) => {
  const { host, ask } = await open(t)
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  const style = '/api/location/1/0/2/style'
  const picture = 'data:image/png;base64,iVBORw0KGgo='
  const said = {
    ...{ png64: picture, color: 'RebeccaPurple', size: '22pt' },
    ...{ alignment: 'Left:top', pngalignment: 'center:center' },
  }
  t.strictSame(await ask(style, json(JSON.stringify(said))), [200, 'ok'])
  t.strictSame(await ask(`${style}?png64=`), [200, 'ok'])
  t.strictSame(
    host.wishes.map(
      ({ intent }) => 'value' in intent && 'path' in intent && [intent.path, intent.value],
    ),
    [
      ['looks/1/0/2/textColour', '#663399'],
      ['looks/1/0/2/size', 50],
      ['looks/1/0/2/image', picture],
      ['looks/1/0/2/alignment', 'left:top'],
      ['looks/1/0/2/image', null],
    ],
  )
})

// routes: Companion 5.0, source of its HttpApi service
void t.test('the routes of before are served where the config says so', async (t) => {
  const read: RequestInit = { method: 'GET' }
  const closed = await open(t)
  t.strictSame(await closed.ask('/press/bank/1/3', read), [404, ''])
  t.equal(closed.host.gestures.length, 0)
  const { host, ask } = await open(t, { deprecated: true })
  host.show({ page: 1, row: 0, col: 2 }, { text: 'CUT' })
  for (const path of ['/press/bank/1/3', '/press/bank/1/3/down', '/press/bank/1/3/up', '/rescan'])
    t.strictSame(await ask(path, read), [200, 'ok'], path)
  t.strictSame(
    host.gestures.map(({ place, gesture }) => [place, gesture]),
    ['press', 'down', 'up'].map((gesture) => [{ page: 1, row: 0, col: 2 }, gesture]),
  )
  t.strictSame(await ask('/style/bank/1/3?text=ON&bgcolor=%23ff0000', read), [200, 'ok'])
  t.strictSame(await ask('/set/custom-variable/cue?value=intro', read), [200, 'ok'])
  t.strictSame(
    host.wishes.map(({ intent }) => 'value' in intent && intent.value),
    ['ON', '#ff0000', 'intro'],
  )
  t.match(await ask('/press/bank/1/33', read), [400, /a number from 1 to 32/])
  t.strictSame(await ask('/press/bank/1/3/left', read), [404, ''])
  t.strictSame(await ask('/press/bank/1/3'), [404, ''], 'a POST was never one')
  const before = host.gestures.length
  const image = { headers: { 'sec-fetch-site': 'cross-site' } }
  t.match(await ask('/press/bank/1/3', image), [403, /other sites/], "a page's picture")
  t.equal(host.gestures.length, before)
})
