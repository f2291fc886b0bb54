import t, { type Test } from 'tap'
import { LogError } from '../../bus/log.ts'
import type { Problem } from './problem.ts'
import { opened, post, raw } from './open.contract.ts'

const fire = { verb: 'fire', device: 'desk', action: '/cue/go', args: null }

async function problemOf(t: Test, response: Response): Promise<Problem> {
  t.match(response.headers.get('content-type'), 'application/problem+json')
  const problem = (await response.json()) as Problem
  t.equal(problem.status, response.status)
  return problem
}

void t.test('every wrong body is answered with its code and the field at fault', async (t) => {
  const { url, wishes, rejected } = await opened(t)
  const set = { verb: 'set', device: 'desk', path: '/level', value: 1 }
  const cases: readonly (readonly [body: unknown, code: string, field: string | undefined])[] = [
    [{}, 'bad-argument', 'intent'],
    [[], 'bad-argument', undefined],
    ['7', 'bad-argument', undefined],
    [{ intent: 7 }, 'bad-argument', 'intent'],
    [{ intent: { verb: 'zap' } }, 'bad-argument', 'intent.verb'],
    [{ intent: { verb: 'fire', action: 'go' } }, 'bad-argument', 'intent.device'],
    [{ intent: { ...fire, device: 7 } }, 'bad-argument', 'intent.device'],
    [{ intent: { ...fire, action: '' } }, 'bad-argument', 'intent.action'],
    [{ intent: { ...fire, acton: 1 } }, 'bad-argument', 'intent.acton'],
    [{ intent: { verb: 'set', device: 'desk', path: '/level' } }, 'bad-argument', 'intent.value'],
    [{ intent: { ...set, path: 1 } }, 'bad-argument', 'intent.path'],
    [{ intent: { verb: 'hold', on: 'yes' } }, 'bad-argument', 'intent.on'],
    [{ intent: { verb: 'run' } }, 'bad-argument', 'intent.macro'],
    [{ intent: fire, id: 'mine' }, 'bad-argument', 'id'],
    [{ intent: fire, wait: 'forever' }, 'bad-argument', 'wait'],
    [{ intent: fire, expiresInMs: -1 }, 'bad-argument', 'expiresInMs'],
    [{ intent: fire, timeoutMs: 120_001 }, 'bad-argument', 'timeoutMs'],
    [{ intent: fire, expiresInMS: 5 }, 'bad-argument', 'expiresInMS'],
    [{ intent: { ...fire, args: JSON.parse('{"__proto__":1}') } }, 'bad-argument', undefined],
  ]
  for (const [body, code, field] of cases) {
    const problem = await problemOf(t, await post(`${url}/api/v1/intents`, body))
    t.equal(problem.status, 422)
    t.equal(problem.code, code)
    t.equal(problem.field, field, problem.detail)
  }
  t.equal(wishes.length, 0, 'nothing was submitted')
  t.equal(rejected.length, cases.length, 'each is counted as input that became no intent')
  t.equal((await post(`${url}/api/v1/intents`, { intent: fire })).status, 202, 'a good one passes')
})

void t.test('what is expected is said in words', async (t) => {
  const { url } = await opened(t)
  const detail = async (body: unknown) =>
    (await problemOf(t, await post(`${url}/api/v1/intents`, body))).detail
  t.equal(
    await detail({ intent: { verb: 'zap' } }),
    'intent.verb must be one of "set", "fire", "do", "run", "cancel", "hold".',
  )
  t.equal(await detail({ intent: { ...fire, device: 7 } }), 'intent.device must be of type string.')
  t.equal(await detail({ intent: { ...fire, acton: 1 } }), 'intent.acton is not known here.')
  t.equal(await detail({}), 'intent is required.')
})

void t.test('malformed JSON is answered with where it went wrong', async (t) => {
  const { url } = await opened(t)
  const send = async (text: string) => problemOf(t, await post(`${url}/api/v1/intents`, text))
  t.match(await send('{"intent": {\n  "verb": fire}}'), {
    status: 400,
    code: 'malformed-json',
    detail: 'Not JSON at line 2, column 11: found "f".',
  })
  t.match(await send('{"intent":'), { detail: /line 1, column 11: it ends too early/ })
})

void t.test(
  'bytes that are no UTF-8, deep nesting, and huge numbers are turned away',
  async (t) => {
    const { url } = await opened(t)
    const send = async (body: string | Uint8Array) =>
      problemOf(t, await post(`${url}/api/v1/intents`, body))
    t.match(await send(Buffer.from('{"a":"\xff"}', 'latin1')), {
      status: 400,
      code: 'invalid-utf8',
    })
    const nested = (depth: number) => `{"intent":${'['.repeat(depth)}${']'.repeat(depth)}}`
    t.match(await send(nested(32)), { status: 400, code: 'too-deep' })
    t.match(
      await send(nested(31)),
      { status: 422, code: 'bad-argument' },
      'control: 32 levels are read',
    )
    t.match(await send('['.repeat(200_000)), { status: 400, code: 'malformed-json' })
    t.match(await send('{"intent":1e999}'), { status: 400, code: 'malformed-json' })
  },
)

void t.test('a body over 256 KiB is not read, one just below is', async (t) => {
  const { url } = await opened(t)
  const sized = (bytes: number) => {
    const rest = JSON.stringify({ intent: { ...fire, args: '' } }).length
    return { intent: { ...fire, args: 'x'.repeat(bytes - rest) } }
  }
  t.equal((await post(`${url}/api/v1/intents`, sized(256 * 1024))).status, 202)
  const problem = await problemOf(t, await post(`${url}/api/v1/intents`, sized(256 * 1024 + 1)))
  t.match(problem, { status: 413, code: 'too-large' })
})

void t.test('only JSON is taken, and only where it is named so', async (t) => {
  const { url } = await opened(t)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const response = await post(`${url}/api/v1/intents`, { intent: fire }, { 'content-type': type })
    t.match(await problemOf(t, response), { status: 415, code: 'unsupported-media-type' })
  }
  const press = `${url}/api/v1/controls/1/0/0/press`
  t.equal((await post(press, '{}', { 'content-type': 'text/plain' })).status, 415)
  const charset = { 'content-type': 'application/json; charset=utf-8' }
  t.equal((await post(`${url}/api/v1/intents`, { intent: fire }, charset)).status, 202)
})

void t.test(
  "the hub's refusal keeps its code and field and names where it is recorded",
  async (t) => {
    const { url } = await opened(t)
    const expected = [
      ['ghost', 404, 'unknown-device', 'intent.device'],
      ['late', 410, 'expired', 'expiresInMs'],
      ['frozen', 409, 'held', 'intent'],
      ['picky', 422, 'bad-argument', 'intent.args'],
    ] as const
    for (const [i, [device, status, code, field]] of expected.entries()) {
      const intent = { ...fire, device }
      const problem = await problemOf(
        t,
        await post(`${url}/api/v1/intents`, { intent, wait: 'outcome' }),
      )
      t.match(problem, { status, code, field, position: String(i + 1), detail: `${device} is not` })
      t.match(problem.id, /^[0-9a-f-]{36}$/)
    }
    const pressed = await fetch(`${url}/api/v1/controls/1/0/4/press`, { method: 'POST' })
    t.match(await problemOf(t, pressed), { status: 404, code: 'unknown-device', position: '5' })
  },
)

void t.test('a press of a control that does not exist is answered and counted', async (t) => {
  const { url, rejected } = await opened(t)
  const nowhere = await fetch(`${url}/api/v1/controls/9/9/9/press`, { method: 'POST' })
  t.match(await problemOf(t, nowhere), { status: 404, code: 'unknown-control' })
  t.match(rejected, [{ source: 'http:127.0.0.1', detail: /^unknown-control: .*9\/9\/9/ }])
  for (const [path, field] of [
    ['x/0/0/press', 'page'],
    ['1/0/0/kick', 'gesture'],
    ['1/-1/0/press', 'row'],
    ['1/0/0.5/press', 'col'],
  ]) {
    const wrong = await fetch(`${url}/api/v1/controls/${path}`, { method: 'POST' })
    t.match(await problemOf(t, wrong), { status: 400, code: 'bad-parameter', field })
  }
})

void t.test('wrong parameters of the address are named', async (t) => {
  const { url } = await opened(t)
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=many', 'limit'],
    ['outcome=great', 'outcome'],
    ['colour=red', 'colour'],
  ])
    t.match(await problemOf(t, await fetch(`${url}/api/v1/intents?${query}`)), {
      status: 400,
      code: 'bad-parameter',
      field,
    })
})

void t.test('an address or method that is not served is a problem like any other', async (t) => {
  const { url } = await opened(t)
  for (const path of ['/api/v1/nothing', '/api/v2/intents', '/nothing.html'])
    t.match(await problemOf(t, await fetch(url + path)), { status: 404, code: 'not-found' })
  t.match(await problemOf(t, await post(`${url}/nothing`, {})), { status: 404, code: 'not-found' })
  const wrong = await fetch(`${url}/api/v1/intents`, { method: 'DELETE' })
  t.equal(wrong.headers.get('allow'), 'POST, GET, HEAD')
  t.match(await problemOf(t, wrong), { status: 405, code: 'method-not-allowed' })
  t.equal((await fetch(`${url}/api/v1/events`, { method: 'HEAD' })).status, 405)
  t.match(await problemOf(t, await fetch(`${url}/api/v1/intents/no-such`)), {
    status: 404,
    code: 'unknown-intent',
  })
  t.match(await problemOf(t, await fetch(`${url}/api/v1/stream`)), {
    status: 426,
    code: 'upgrade-required',
  })
})

void t.test('what is not HTTP is told so and let go', async (t) => {
  const { port } = await opened(t)
  for (const [bytes, status] of [
    ['PRESS 1/0/0\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
  ] as const) {
    const answer = await raw(port, bytes)
    t.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
    t.match(answer, /content-type: application\/problem\+json/i)
    t.match(answer, `"status":${status}`)
  }
})

void t.test(
  'a log that cannot be written is no silence: nothing was done, and when to try again',
  async (t) => {
    const { url, faults, rejected } = await opened(t)
    faults.submit = new LogError('full', 'no space left on the disk; free some and go on')
    for (const path of ['/api/v1/intents', '/api/v1/controls/1/0/0/press']) {
      const body = path.endsWith('intents') ? { intent: fire } : {}
      const response = await post(url + path, body)
      t.equal(response.headers.get('retry-after'), '5')
      t.match(await problemOf(t, response), {
        status: 503,
        code: 'log-full',
        detail: /^Nothing was done: no space left/,
      })
    }
    faults.submit = new LogError('io', 'the disk failed')
    t.equal(
      (await problemOf(t, await post(`${url}/api/v1/intents`, { intent: fire }))).code,
      'log-io',
    )
    t.equal(rejected.length, 0, 'the input was good')
    faults.submit = null
    t.equal((await post(`${url}/api/v1/intents`, { intent: fire })).status, 202, 'and it goes on')
  },
)

void t.test("a fault of the hub's own says nothing of its inside, but is recorded", async (t) => {
  const { url, faults, rejected } = await opened(t)
  faults.submit = new TypeError('cannot read secret of undefined')
  const problem = await problemOf(t, await post(`${url}/api/v1/intents`, { intent: fire }))
  t.match(problem, { status: 500, code: 'internal' })
  t.notMatch(problem.detail, 'secret')
  t.match(rejected, [{ detail: 'internal: cannot read secret of undefined' }])
})
