import t from 'tap'
import { idTime, isId } from '../intents/id.ts'
import type { Failure } from '../intents/failure.ts'
import type { Life } from './answers.ts'
import { anId, json, life, problem, run, standIn } from './stand-in.contract.ts'

const unreachable: Failure = {
  code: 'unreachable',
  reached: 'no',
  detail: 'nothing listens on 127.0.0.1:9100',
}

function failedLife(): Life {
  const { at, attempts } = life()
  const once = attempts[0]
  if (once === undefined) throw new Error('no attempt')
  const attempt = { ...once, ack: null, failure: unreachable }
  return life({
    intent: { verb: 'fire', device: 'relay' as never, action: 'on', args: {} },
    attempts: [1, 2, 3].map((number) => ({ ...attempt, attempt: number })),
    outcome: { type: 'failed', at: at + 3000, failure: unreachable },
  })
}

void t.test('a confirmed fire is one line on stdout and ends with 0', async (t) => {
  const hub = await standIn((_, response) => json(response, life()))
  t.teardown(() => hub.close())
  const { code, out, err } = await run(hub.url, [
    'fire',
    'mypro',
    'Cut',
    'Input=1',
    'Mix=two words',
  ])
  t.equal(code, 0)
  t.equal(out, `confirmed  fire mypro Cut  (12 ms)  ${anId}\n`)
  t.equal(err, '')
  const [asked] = hub.asked
  t.match(asked, { method: 'POST', url: '/api/v1/intents' })
  t.match(asked?.body, {
    wait: 'outcome',
    intent: {
      verb: 'fire',
      device: 'mypro',
      action: 'Cut',
      args: { Input: 1, Mix: 'two words' },
    },
  })
  const id = asked?.body['id']
  const made = typeof id === 'string' && isId(id) ? idTime(id) : 0
  t.ok(Math.abs(made - Date.now()) < 60_000, 'a UUIDv7 of its own, made just now')
})

void t.test('a failed outcome says why and after how many attempts, and ends with 1', async (t) => {
  const hub = await standIn((_, response) => json(response, failedLife()))
  t.teardown(() => hub.close())
  const [plain, machine] = await Promise.all([
    run(hub.url, ['fire', 'relay', 'on']),
    run(hub.url, ['fire', 'relay', 'on', '--json']),
  ])
  t.equal(
    plain.out,
    `failed  fire relay on: unreachable, nothing listens on 127.0.0.1:9100 (3 attempts)  ${anId}\n`,
  )
  t.equal(plain.code, 1)
  t.equal(machine.code, 1)
  t.strictSame(JSON.parse(machine.out), failedLife(), 'the whole life for machines')
})

void t.test('a refusal is shown with its code and its field, and ends with 1', async (t) => {
  const said = {
    detail: 'there is no device "nosuch"',
    code: 'unknown-device',
    field: 'intent.device',
  }
  const hub = await standIn((_, response) => problem(response, 404, said))
  t.teardown(() => hub.close())
  const { code, out, err } = await run(hub.url, ['set', 'nosuch', '/level', '-1.5', '--json'])
  t.equal(code, 1)
  t.match(hub.asked[0]?.body, { intent: { value: -1.5 } }, 'a negative value is no option')
  t.equal(err, 'infra: there is no device "nosuch" (unknown-device, field intent.device)\n')
  t.match(JSON.parse(out), said)
})

void t.test(
  'a broken connection is tried once more under the same id, so it cannot double',
  async (t) => {
    const hub = await standIn((_, response, count) => {
      if (count === 1) response.destroy()
      else json(response, { id: anId, position: '0-17', duplicate: true })
    })
    t.teardown(() => hub.close())
    const { code, out, err } = await run(hub.url, ['hold', 'on', '--no-wait'])
    t.equal(code, 0)
    t.equal(out, `accepted  hold on  ${anId}\n`)
    t.match(err, /broke .*once more under the same id/)
    t.equal(hub.asked.length, 2)
    t.strictSame(hub.asked[0]?.body, hub.asked[1]?.body, 'the same id both times')
  },
)

void t.test('a hub that goes away for good leaves it open, and says how to find out', async (t) => {
  const hub = await standIn((_, response) => response.destroy())
  t.teardown(() => hub.close())
  const { code, out, err } = await run(hub.url, ['run', 'start_production'])
  t.equal(code, 4)
  t.equal(out, '')
  const [, shown = ''] = /infra show (\S+)/.exec(err) ?? []
  t.equal(shown, hub.asked[0]?.body['id'])
  t.equal(hub.asked.length, 2, 'tried twice and no more')
})

void t.test('what takes longer than one answer is asked for until it has ended', async (t) => {
  const hub = await standIn(({ method }, response, count) => {
    if (method === 'POST') json(response, { id: anId, position: '0-17', duplicate: false }, 202)
    else json(response, count < 3 ? life({ outcome: null, status: 'attempting' }) : life())
  })
  t.teardown(() => hub.close())
  const { code, out } = await run(hub.url, ['do', 'record.start', '--url', `${hub.url}/`])
  t.equal(code, 0)
  t.match(out, /^confirmed {2}/)
  t.strictSame(
    hub.asked.map(({ url }) => url),
    ['/api/v1/intents', `/api/v1/intents/${anId}`, `/api/v1/intents/${anId}`],
  )
})

void t.test(
  'a press that leads to several intents prints each, and the worst decides',
  async (t) => {
    const hub = await standIn((_, response) =>
      json(response, { ...life(), duplicate: false, intents: [life(), failedLife()] }),
    )
    t.teardown(() => hub.close())
    const { code, out } = await run(hub.url, ['press', '1/0/2'])
    t.equal(code, 1)
    t.match(out, /^confirmed .*\nfailed .*\n$/)
    t.match(hub.asked[0], {
      url: '/api/v1/controls/1/0/2/press',
      body: { wait: 'outcome', operator: String, id: String },
    })
  },
)

void t.test('a press of a control that binds nothing says so, and is no failure', async (t) => {
  const hub = await standIn((_, response) => response.writeHead(204).end())
  t.teardown(() => hub.close())
  const { code, out, err } = await run(hub.url, ['press', '1/0/3'])
  t.match({ code, out, err }, { code: 0, out: 'nothing is bound to a press of 1/0/3\n', err: '' })
})

void t.test('a hub that ends while it is waited for leaves the id to ask for', async (t) => {
  const hub = await standIn(({ method }, response) => {
    if (method === 'POST') json(response, life({ outcome: null, status: 'pending' }), 202)
    else response.destroy()
  })
  t.teardown(() => hub.close())
  const { code, err } = await run(hub.url, ['set', 'desk', '/level', '1'])
  t.equal(code, 4)
  t.match(err, `infra show ${anId}`)
})
