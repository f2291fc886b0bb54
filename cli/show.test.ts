import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Device, Status, Verdict } from './answers.ts'
import { momentOf } from './replay.ts'
import { anId, json, life, problem, run, standIn } from './stand-in.contract.ts'

const at = Date.UTC(2026, 2, 1, 12)
const child = '019283b2-7c1e-7abc-8def-0123456789ac' as typeof anId // of the right form

const broken: Verdict = {
  ok: false,
  fault: 'hash',
  position: '0-17',
  file: 'journal/000001.log',
  offset: 4711,
  detail: 'the entry is not the one that the next entry names',
}

const devices: readonly Device[] = [
  {
    id: 'mypro',
    protocol: 'vmix',
    link: { up: true, detail: '', at },
    desired: {},
    reported: { recording: { value: true, at }, active: { value: 2, at: at - 1 } },
    open: 0,
  },
  {
    id: 'relay',
    protocol: 'tcp',
    link: { up: false, detail: 'refused\u001b[2J', at },
    desired: {},
    reported: {},
    open: 2,
  },
]

const status: Status = {
  site: 'studio-a',
  hub: 'hub-a',
  version: '0.1.0',
  startedAt: at,
  now: at + 7_260_000,
  held: true,
  log: { engine: 'file', head: '0-17', writable: true, aloneSince: null, detail: '' },
  devices,
  hubs: [
    { hub: 'hub-a', url: 'http://10.0.0.1:7700', at, cursor: '18', lagMs: 1, leaving: false },
    { hub: 'hub-b', url: 'http://10.0.0.2:7700', at, cursor: '17', lagMs: 40, leaving: true },
  ],
  leases: [
    { device: '$macros', hub: 'hub-b', token: 1 },
    { device: 'mypro', hub: 'hub-a', token: 4 },
  ],
  openIntents: 2,
  witness: {
    hub: 'hub-a',
    entries: 18,
    head: 'abcdefghijklmnop',
    verified: { at, ...broken },
    seal: null,
  },
  surfaces: [
    {
      ...{ name: 'touch', type: 'osc', address: 'udp 127.0.0.1:12321', rejected: 3 },
      ...{ seated: 0, panels: [] },
    },
    {
      ...{
        name: 'decks',
        type: 'streamdeck',
        address: 'Stream Deck XL CL1',
        rejected: 0,
        seated: 1,
      },
      panels: [{ id: 'streamdeck:CL1', product: 'Stream Deck XL', page: 2, locked: true }],
    },
  ],
}

const then = {
  position: '17',
  at,
  entries: 17,
  since: null,
  unread: 0,
  held: true,
  open: [life({ status: 'attempting', outcome: null })],
  devices: devices.map((device) => ({
    ...device,
    desired: device.id === 'mypro' ? { active: { value: 1, at, outcome: 'sent' as const } } : {},
  })),
  runs: [{ macro: 'opener', step: 1, startedAt: at, wakeAt: null, run: anId }],
  panel: {
    '1/0/0': {
      pending: 1,
      last: { intent: anId, outcome: 'sent' as const, at, detail: '', actor: 'operator:anna' },
    },
  },
  leases: { mypro: { hub: 'hub-a', token: 4, since: at, lost: false } },
  hubs: { 'hub-a': { up: true, at, position: '1', version: '0.1.0', config: 'c0ffee' } },
  activity: {
    accepted: 4,
    refused: 1,
    attempts: 3,
    accessRefused: 0,
    ended: { sent: 3, refused: 1 },
  },
}

const hub = await standIn(({ method, url, body }, response) => {
  const path = `${method} ${url}`
  if (path === 'GET /api/v1/status') return json(response, status)
  if (path === 'GET /api/v1/devices') return json(response, { devices })
  if (path === 'POST /api/v1/devices')
    return body['name'] === 'mypro'
      ? problem(response, 409, { detail: 'there is a mypro', code: 'device-exists', field: 'name' })
      : json(response, { name: body['name'] as string }, 201)
  if (path === 'POST /api/v1/devices/desk/test')
    return json(response, { ok: false, detail: 'nothing listens on 10.0.0.9:9000' })
  if (path === 'GET /api/v1/intents?control=1%2F0%2F0&limit=20')
    return json(response, { intents: [life(), life({ id: child })] })
  if (path === `GET /api/v1/intents/${anId}`) {
    const attempt = life().attempts[0]
    const failure = { code: 'timeout', reached: 'maybe', detail: 'no answer in 2 s' } as const
    if (attempt === undefined) throw new Error('no attempt')
    const first = { ...attempt, ack: null, failure, retryAt: at + 1000 }
    return json(
      response,
      life({ children: [child], attempts: [first, { ...attempt, attempt: 2 }] }),
    )
  }
  if (path === `GET /api/v1/intents/${child}`) return json(response, life({ id: child }))
  if (path.startsWith('GET /api/v1/replay?to=')) return json(response, then)
  if (path === 'POST /api/v1/witness/verify') return json(response, broken)
  return problem(response, 404, { detail: `nothing at ${path}`, code: 'not-found' })
})
t.teardown(() => hub.close())

void t.test(
  'status shows devices, links, leases, open intents, surfaces and the witness',
  async (t) => {
    const [people, machine] = await Promise.all([
      run(hub.url, ['status']),
      run(hub.url, ['status', '--json']),
    ])
    t.equal(people.code, 0)
    t.match(people.out, /^hold +on: devices get nothing$/m)
    t.match(people.out, /^up +2 h 1 min, since /m)
    t.match(people.out, /^open +2 intents/m)
    t.match(people.out, /^witness .*BROKEN: hash at 0-17/m)
    t.match(people.out, /^sealed +off$/m)
    t.match(people.out, /^device +protocol +link +lease +open +last$/m)
    t.match(people.out, /^mypro +vmix +up +hub-a #4 +0 +\S+ recording is true$/m)
    t.match(people.out, /^hub-b \(stopping\) +http:\/\/10.0.0.2:7700 +17 +40 ms +1 +/m)
    t.match(people.out, /^relay +tcp +down: refused\\x1b\[2J +nobody +2$/m)
    t.match(people.out, /^touch +osc +3 +udp 127.0.0.1:12321$/m)
    t.match(people.out, /^decks +streamdeck +1 +0 +Stream Deck XL CL1$/m)
    t.match(people.out, /^streamdeck:CL1 +Stream Deck XL +decks +2 +locked$/m)
    t.notMatch(people.out, '\u001b', 'no colours and no control characters in a pipe')
    t.strictSame(JSON.parse(machine.out), status)
  },
)

void t.test('who lists who pressed a control and what became of it', async (t) => {
  const { code, out } = await run(hub.url, ['who', '1/0/0'])
  t.equal(code, 0)
  const [heading, first, second] = out.split('\n')
  t.match(heading, /^when +who +what +outcome +id$/)
  t.match(
    first,
    new RegExp(`operator:anna at panel 1/0/0 +fire mypro Cut +confirmed +12 ms +${anId}`),
  )
  t.match(second, child)
})

void t.test("show tells one intent's whole life", async (t) => {
  const { code, out } = await run(hub.url, ['show', anId])
  t.equal(code, 0)
  t.match(out, /^fire mypro Cut\n/)
  t.match(out, /^who +operator:anna at panel 1\/0\/0$/m)
  t.match(out, /^from +http:127.0.0.1$/m)
  t.match(
    out,
    /attempt 1 {2}started\n.*attempt 1 {2}failed: timeout, no answer in 2 s; it may have arrived; again at /,
  )
  t.match(out, /attempt 2 {2}confirmed\n.* {2}confirmed {2}after 12 ms\n/)
  t.match(out, `led to\n  confirmed  fire mypro Cut  (12 ms)  ${child}\n`)
})

void t.test('replay prints the state of a moment', async (t) => {
  const { code, out } = await run(hub.url, ['replay', '--to', '2026-03-01T14:05:00Z'])
  t.equal(code, 0)
  t.equal(hub.asked.at(-1)?.url, '/api/v1/replay?to=2026-03-01T14%3A05%3A00.000Z')
  t.match(out, /^moment +2026-03-01 \S+, position 17, after 17 entries$/m)
  t.match(out, /^hold +on: devices get nothing$/m)
  t.match(out, /^done +3 sent, 1 refused$/m)
  t.match(out, /^attempting +operator:anna at panel 1\/0\/0 +fire mypro Cut +/m)
  t.match(out, /^mypro +up +active +1 +2$/m)
  t.match(out, /^ +recording +true$/m)
  t.match(out, /^relay +down: refused\\x1b\[2J$/m)
  t.match(out, /^opener +2 +/m)
  t.match(out, /^1\/0\/0 +1 +sent +operator:anna/m)
  t.match(out, /^mypro +hub-a +4 /m)
  t.match(out, /^hub-a +2026-03-01 \S+ +0.1.0 +c0ffee$/m)
  t.equal(momentOf('0-17'), '0-17', 'a position stays as it is')
})

void t.test(
  'a device is added with its own URL, tested, and kept although it does not answer',
  async (t) => {
    const words = ['--url', hub.url, 'bus', 'add', 'ha', 'desk', '--host', '10.0.0.9']
    const own = ['--port', '9000', '--url', 'http://10.0.0.9', '--token', '${env:T}']
    own.push('--set', 'hub=hub-b')
    const { code, out, err } = await run('', [...words, ...own, '--auto-detect'])
    t.equal(code, 0)
    t.equal(out, 'added  desk (ha)\nno answer  desk: nothing listens on 10.0.0.9:9000\n')
    t.match(err, 'desk is kept')
    t.match(err, 'its secret is read from the environment variable T of the hub')
    const added = hub.asked.find(
      ({ method, url }) => method === 'POST' && url === '/api/v1/devices',
    )
    t.strictSame(added?.body, {
      hub: 'hub-b',
      host: '10.0.0.9',
      url: 'http://10.0.0.9',
      token: '${env:T}',
      port: 9000,
      protocol: 'ha',
      name: 'desk',
    })
    t.equal(
      added?.headers.authorization,
      undefined,
      "the device's token is not shown to the hub as its own",
    )
  },
)

void t.test('bus says what is wrong: a taken name, another type, no sign of life', async (t) => {
  const [taken, other, silent] = await Promise.all([
    run(hub.url, ['bus', 'add', 'vmix', 'mypro']),
    run(hub.url, ['bus', 'exec', 'obs', 'mypro', 'StartRecord', '--param', 'a=1']),
    run(hub.url, ['bus', 'test', 'desk']),
  ])
  t.match(taken, { code: 1, out: '', err: /there is a mypro \(device-exists, field name\)/ })
  t.match(other, { code: 2, out: '', err: /mypro is no obs: it is vmix\n {2}infra bus exec vmix/ })
  t.match(silent, { code: 1, out: /^no answer {2}desk: nothing listens/, err: '' })
})

void t.test('a record that does not verify ends with 5 and says where it breaks', async (t) => {
  const empty = mkdtempSync(join(tmpdir(), 'infra-'))
  const { code, out } = await run(hub.url, ['witness', 'verify'], empty)
  t.equal(code, 5)
  t.match(out, /^BROKEN {2}hash: the entry is not/)
  t.match(out, /^position +0-17$/m)
  t.match(out, /^file +journal\/000001.log$/m)
  t.match(out, /^offset +4711 bytes$/m)
  t.match(
    out,
    /the seal was not verified\n {2}infra witness verify http:/,
    'a hub proves nothing of itself',
  )
  t.notMatch(out, 'nothing outside this machine')
})

void t.test(
  "a data folder that holds only the demo's record is not taken for a record",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'infra-'))
    mkdirSync(join(folder, 'data', 'demo', 'journal'), { recursive: true })
    const [asked, named] = await Promise.all([
      run(hub.url, ['witness', 'verify'], folder),
      run(hub.url, ['witness', 'verify', 'data'], folder),
    ])
    t.match(asked, { code: 5, out: /^BROKEN/ }, 'the running hub was asked')
    t.match(named, { code: 2, out: '', err: /there is no record in data/ })
  },
)
