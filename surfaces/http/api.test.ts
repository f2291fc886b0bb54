import t from 'tap'
import { Agent, request as httpRequest } from 'node:http'
import { Compile } from 'typebox/compile'
import { newId } from '../../intents/id.ts'
import { isObject, type JsonObject } from '../../intents/json.ts'
import { opened, post } from './open.contract.ts'

const fire = { verb: 'fire', device: 'desk', action: '/cue/go', args: [1] }

/** An answer's body, which is an object in all of these. */
async function json(response: Response): Promise<JsonObject> {
  return (await response.json()) as JsonObject
}

/** What is in a document at a path of keys. */
function inside(document: JsonObject, ...keys: readonly string[]): JsonObject {
  let at: JsonObject = document
  for (const key of keys) {
    const next = at[key]
    if (!isObject(next)) throw new Error(`nothing at ${key} of ${keys.join(' ')}`)
    at = next
  }
  return at
}

void t.test('an intent is recorded and answered with its place in the journal', async (t) => {
  const { url, wishes } = await opened(t)
  const id = newId(Date.now())
  const response = await post(`${url}/api/v1/intents`, {
    id,
    intent: fire,
    trace: 'show-1',
    expiresInMs: 500,
  })
  t.equal(response.status, 202)
  t.strictSame(await response.json(), { id, position: '1', duplicate: false })
  t.strictSame(wishes, [
    {
      id,
      intent: fire,
      trace: 'show-1',
      expiresInMs: 500,
      actor: { type: 'api', id: 'local' },
      source: 'http:127.0.0.1',
    },
  ])
  const again = await post(`${url}/api/v1/intents`, { id, intent: fire })
  t.strictSame(await again.json(), { id, position: '1', duplicate: true })
  t.equal(wishes.length, 1, 'the same id twice is one intent')
})

void t.test(
  'every verb arrives as it was asked for, with none where no arguments are given',
  async (t) => {
    const { url, wishes } = await opened(t)
    const asked = [
      { verb: 'set', device: 'desk', path: '/level', value: 0 },
      { verb: 'fire', device: 'desk', action: 'go' },
      { verb: 'do', name: 'record.start' },
      { verb: 'run', macro: 'start' },
      { verb: 'cancel', run: newId(0) },
      { verb: 'hold', on: true },
    ]
    for (const intent of asked)
      t.equal((await post(`${url}/api/v1/intents`, { intent })).status, 202)
    t.strictSame(
      wishes.map(({ intent }) => intent),
      asked.map((intent) =>
        ['fire', 'do', 'run'].includes(intent.verb) ? { ...intent, args: {} } : intent,
      ),
    )
  },
)

void t.test('who waits for the outcome gets the whole intent once it has ended', async (t) => {
  const { url } = await opened(t)
  const response = await post(`${url}/api/v1/intents`, { intent: fire, wait: 'outcome' })
  const answer = await json(response)
  t.equal(response.status, 200)
  t.match(answer, {
    status: 'ended',
    outcome: { type: 'confirmed' },
    attempts: [],
    duplicate: false,
  })
  const again = await post(`${url}/api/v1/intents`, {
    id: answer['id'],
    intent: fire,
    wait: 'outcome',
  })
  t.equal(again.status, 200)
  t.match(await json(again), { outcome: { type: 'confirmed' }, duplicate: true })
})

void t.test('a wait ends at its time limit with the intent as it is', async (t) => {
  const { url, finish } = await opened(t)
  const intent = { ...fire, device: 'slow' }
  const body = { intent, wait: 'outcome', timeoutMs: 20 }
  const response = await post(`${url}/api/v1/intents`, body)
  const answer = await json(response)
  t.equal(response.status, 202)
  t.match(answer, { status: 'pending', outcome: null })
  finish(answer['id'] as string, 'unknown')
  const life = await json(await fetch(`${url}/api/v1/intents/${answer['id'] as string}`))
  t.match(life, { status: 'ended', outcome: { type: 'unknown' } })
})

void t.test('a press is a hand on a control, with the name of whose hand it is', async (t) => {
  const { url, wishes } = await opened(t)
  const bare = await fetch(`${url}/api/v1/controls/1/0/0/press`, { method: 'POST' })
  t.equal(bare.status, 202)
  const answer = await json(bare)
  t.match(answer, { position: '1', duplicate: false })
  t.strictSame(answer['intents'], [
    { id: answer['id'], position: '1', duplicate: false, refusal: null },
  ])
  const named = await post(`${url}/api/v1/controls/1/0/0/down`, {
    operator: 'anna',
    wait: 'outcome',
  })
  t.equal(named.status, 200)
  t.match(await json(named), {
    outcome: { type: 'confirmed' },
    intents: [{ outcome: { type: 'confirmed' } }],
  })
  const hand = { type: 'operator', surface: 'console', control: '1/0/0' }
  t.strictSame(
    wishes.map(({ actor }) => actor),
    [
      { ...hand, id: 'unidentified' },
      { ...hand, id: 'anna' },
    ],
  )
})

void t.test(
  'a gesture that a control does not know is no fault, and a control of two says what each became',
  async (t) => {
    const { url } = await opened(t)
    const up = await fetch(`${url}/api/v1/controls/1/0/0/up`, { method: 'POST' })
    t.equal(up.status, 204)
    const two = await fetch(`${url}/api/v1/controls/1/0/3/press`, { method: 'POST' })
    t.equal(two.status, 202)
    t.match(await json(two), {
      intents: [{ refusal: null }, { refusal: { code: 'unknown-device' } }],
    })
    const slow = await post(`${url}/api/v1/controls/1/0/2/press`, {
      wait: 'outcome',
      timeoutMs: 20,
    })
    t.equal(slow.status, 202)
    t.match(await json(slow), { outcome: null, intents: [{ status: 'pending', outcome: null }] })
  },
)

void t.test('two hundred presses on one connection are two hundred submissions', async (t) => {
  const { port, wishes } = await opened(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const sockets = new Set<unknown>()
  const press = () =>
    new Promise<number>((resolve, reject) => {
      const path = '/api/v1/controls/1/0/0/press'
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path, agent })
      request.on('response', (response) => {
        sockets.add(request.socket)
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      })
      request.on('error', reject).end()
    })
  const answers = await Promise.all(Array.from({ length: 200 }, press))
  t.ok(answers.every((status) => status === 202))
  t.equal(wishes.length, 200)
  t.equal(sockets.size, 1, 'one connection carried them all')
})

void t.test('intents are listed newest first, and filtered', async (t) => {
  const { url } = await opened(t)
  for (const device of ['desk', 'slow', 'desk'])
    await post(`${url}/api/v1/intents`, { intent: { ...fire, device } })
  const list = await json(await fetch(`${url}/api/v1/intents?device=desk&limit=1`))
  t.match(list, { intents: [{ position: '3' }] })
  t.equal([list['intents']].flat().length, 1)
})

void t.test('devices are added, tested and removed', async (t) => {
  const { url, devices } = await opened(t)
  const added = await post(`${url}/api/v1/devices`, { name: 'mypro', protocol: 'vmix', port: 8099 })
  t.equal(added.status, 201)
  t.strictSame(devices, [
    {
      name: 'mypro',
      options: { protocol: 'vmix', port: 8099 },
      actor: { type: 'api', id: 'local' },
    },
  ])
  const twice = await post(`${url}/api/v1/devices`, { name: 'desk', protocol: 'osc' })
  t.equal(twice.status, 409)
  t.match(await json(twice), { code: 'device-exists', field: 'name' })
  const tested = await fetch(`${url}/api/v1/devices/desk/test`, { method: 'POST' })
  t.strictSame(await tested.json(), { ok: true, detail: 'it answers' })
  t.equal((await fetch(`${url}/api/v1/devices/ghost/test`, { method: 'POST' })).status, 404)
  t.equal((await fetch(`${url}/api/v1/devices/desk`, { method: 'DELETE' })).status, 204)
  t.equal((await fetch(`${url}/api/v1/devices/ghost`, { method: 'DELETE' })).status, 404)
})

void t.test('the state at a moment is asked for by position, time or milliseconds', async (t) => {
  const { url, replays } = await opened(t)
  for (const to of ['17', '2026-01-01T00:00:00Z', '1767225600000'])
    t.equal((await fetch(`${url}/api/v1/replay?to=${to}`)).status, 200)
  t.equal((await fetch(`${url}/api/v1/replay`)).status, 200)
  const time = 1_767_225_600_000
  t.strictSame(replays, [{ position: '17' }, { time }, { time }, null])
  for (const to of ['nowhere', '2026-99-99'])
    t.match(await json(await fetch(`${url}/api/v1/replay?to=${to}`)), {
      status: 400,
      code: 'bad-position',
      field: 'to',
    })
})

void t.test(
  'whoever asks for a verification while one is under way gets the same one',
  async (t) => {
    const { url, counts } = await opened(t)
    const ask = async () => json(await fetch(`${url}/api/v1/witness/verify`, { method: 'POST' }))
    const verdicts = await Promise.all([ask(), ask(), ask()])
    for (const verdict of verdicts) t.match(verdict, { ok: true, entries: 3 })
    t.ok(counts.verifications <= 3)
    await ask()
    t.ok(counts.verifications >= 2, 'a later one reads the log again')
  },
)

void t.test('health says what is wrong, and metrics are plain text', async (t) => {
  const { url, faults } = await opened(t)
  t.equal((await fetch(`${url}/health`)).status, 200)
  faults.health = ['The log cannot be written.']
  const ill = await fetch(`${url}/health`)
  t.equal(ill.status, 503)
  t.strictSame(await ill.json(), { ok: false, reasons: ['The log cannot be written.'] })
  const metrics = await fetch(`${url}/metrics`)
  t.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.equal(await metrics.text(), 'infra_intents_total 3\n')
})

void t.test("a control's picture comes with a policy that lets it run nothing", async (t) => {
  const { url } = await opened(t)
  const image = await fetch(`${url}/api/v1/controls/1/0/0/image`)
  t.equal(image.headers.get('content-type'), 'image/svg+xml')
  t.match(image.headers.get('content-security-policy'), /default-src 'none'.*sandbox/)
  t.equal(await image.text(), '<svg/>')
  t.equal((await fetch(`${url}/api/v1/controls/1/0/1/image`)).status, 404)
})

void t.test('each answer is what the OpenAPI document says it is', async (t) => {
  const { url } = await opened(t)
  const { id } = await json(await post(`${url}/api/v1/intents`, { intent: fire, wait: 'outcome' }))
  const document = await json(await fetch(`${url}/api/openapi.json`))
  t.equal(document['openapi'], '3.1.0')
  const schema = (path: string, method: string, status: string, type = 'application/json') =>
    inside(document, 'paths', path, method, 'responses', status, 'content', type, 'schema')
  const names = [
    'devices',
    'panel',
    'macros',
    'runs',
    'variables',
    'triggers',
    'schedules',
    'surfaces',
    'actions',
    'status',
    'witness',
  ]
  const views = [...names.map((name) => [`/api/v1/${name}`, `/api/v1/${name}`])]
  views.push(
    ['/api/v1/intents/{id}', `/api/v1/intents/${id as string}`],
    ['/api/v1/intents', '/api/v1/intents'],
  )
  views.push(['/health', '/health'])
  for (const [path = '', address = ''] of views) {
    const documented = Compile(schema(path, 'get', '200'))
    const answer = await json(await fetch(url + address))
    t.strictSame(documented.Errors(answer), [], path)
    t.notOk(documented.Check({}), `${path}: the schema can fail`)
  }
  const receipt = await json(await post(`${url}/api/v1/intents`, { intent: fire }))
  t.ok(Compile(schema('/api/v1/intents', 'post', '202')).Check(receipt))
  const gesture = '/api/v1/controls/{page}/{row}/{col}/{gesture}'
  for (const [status, wait] of [
    ['202', 'accepted'],
    ['200', 'outcome'],
  ] as const) {
    const pressed = await post(`${url}/api/v1/controls/1/0/0/press`, { wait })
    t.strictSame(Compile(schema(gesture, 'post', status)).Errors(await pressed.json()), [], status)
  }
  const problem = await json(await fetch(`${url}/api/v1/intents/none`))
  const documented = schema('/api/v1/intents/{id}', 'get', 'default', 'application/problem+json')
  t.strictSame(Compile(documented).Errors(problem), [])
})

void t.test('the docs page shows every address and code, and may load nothing', async (t) => {
  const { url } = await opened(t)
  const document = await json(await fetch(`${url}/api/openapi.json`))
  const page = await fetch(`${url}/api/docs`)
  const html = await page.text()
  t.match(page.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/)
  for (const path of Object.keys(inside(document, 'paths'))) t.ok(html.includes(path), path)
  t.match(html, 'id="unknown-control"')
  t.notMatch(html, /https?:\/\/|<script/)
  t.ok(Object.keys(inside(document, 'paths')).length >= 20)
})
