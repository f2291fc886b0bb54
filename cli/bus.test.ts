import t from 'tap'
import { deviceKinds } from '../hub/devices/device-kind.ts'
import { whoDoesWhat } from './bus-exec.ts'
import { keptSecrets } from './device-secret.ts'
import { addLines } from './discover.ts'
import { infra } from './program.ts'
import { parametersOf, typePhrase } from './schema-phrase.ts'
import { json, problem, run, standIn } from './stand-in.contract.ts'

const kinds = await deviceKinds()
const optionsOf = (protocol: string) =>
  kinds.find((kind) => kind.protocol === protocol)?.options ?? {}

const fade = {
  verb: 'fire',
  name: 'switch.fade',
  description: 'Fade preview to programme',
  schema: {
    type: 'object',
    properties: {
      input: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'string' }], description: 'Which' },
      ms: { type: 'integer', minimum: 0, maximum: 9000, default: 500, description: 'How long' },
      curve: { enum: ['linear', 'smooth'] },
    },
    required: ['input'],
    additionalProperties: false,
  },
  standard: true,
} as const
const native = {
  verb: 'fire',
  name: '*',
  description: 'Any other function by its name',
  schema: { type: 'object' },
  standard: false,
} as const
const level = {
  verb: 'set',
  name: '/level',
  description: 'The level',
  schema: { type: 'number', minimum: 0, maximum: 1 },
  standard: false,
} as const
const actions = [fade, native, level]
const devices = ['mypro', 'vmix'].map((id) => ({ id, protocol: 'vmix' }))

const hub = await standIn(({ method, url }, response) => {
  const path = `${method} ${url}`
  if (path === 'GET /api/v1/devices') return json(response, { devices })
  if (path === 'GET /api/v1/actions')
    return json(response, { devices: [{ device: 'mypro', protocol: 'vmix', actions }] })
  if (path === 'POST /api/v1/devices') return json(response, { name: 'pgm' }, 201)
  return problem(response, 400, {
    detail: 'Cut has no parameter Inpt; it takes Input',
    code: 'bad-argument',
    field: 'intent.args',
  })
})
t.teardown(() => hub.close())

const bus = (...words: readonly string[]) => run(hub.url, ['bus', ...words])

void t.test(
  'every type of device says what it can be given, and needs no hub for it',
  async (t) => {
    const [types, obs] = await Promise.all([bus('add', '--help'), bus('add', 'obs', '--help')])
    for (const { protocol, title } of kinds) t.match(types.out, `${protocol} `, title)
    t.match(obs, { code: 0, err: '' })
    t.match(obs.out, /--port <number> +Port of the WebSocket server/)
    t.match(obs.out, /integer from 1 to\s+65535;\s+default\s+4455/)
    t.match(obs.out, /--password <reference>[^-]+a\s+secret: file:PATH or env:NAME/)
    t.match(obs.out, '$ infra bus add obs my-obs --host 10.0.0.5')
    t.strictSame(hub.asked, [])
  },
)

void t.test('a password in clear never leaves for the config; where it is kept does', async (t) => {
  const before = hub.asked.length
  const clear = await bus('add', 'obs', 'pgm', '--password', 'hunter2')
  t.match(clear, { code: 2, out: '', err: /password is a secret.*\n.*file:PATH.*env:NAME/ })
  t.notMatch(clear.err, 'hunter2')
  t.equal(hub.asked.length, before, 'nothing was sent')
  const kept = await bus('add', 'obs', 'pgm', '--password', 'env:OBS_PASSWORD')
  t.match(kept, { code: 0, out: 'added  pgm (obs)\n', err: /environment variable OBS_PASSWORD/ })
  t.strictSame(hub.asked.at(-1)?.body, {
    protocol: 'obs',
    password: '${env:OBS_PASSWORD}',
    name: 'pgm',
  })
})

void t.test('no option of a device hides behind a word of the command itself', (t) => {
  const own = ['name', 'protocol', 'json', 'help', 'set', 'autoDetect']
  for (const { protocol, options } of kinds) {
    const keys = parametersOf(options).map(({ name }) => name)
    t.strictSame(
      keys.filter((key) => own.includes(key)),
      [],
      protocol,
    )
  }
  t.end()
})

void t.test('a secret is found wherever a device has one, also deep inside', (t) => {
  const http = optionsOf('http')
  const hook = (secret: string) => ({ url: 'http://a', hook: { secret } })
  t.throws(() => keptSecrets(hook('0123456789abcdef'), http), /^hook\.secret is a secret/)
  t.strictSame(keptSecrets(hook('file:/run/hook'), http), hook('${file:/run/hook}'))
  t.throws(() => keptSecrets({ password: 1234 }, http), /^password is a secret/, 'a number, too')
  const env = { programs: { on: { path: '/bin/true', env: { KEY: 'clear' } } } }
  t.throws(() => keptSecrets(env, optionsOf('script')), /^programs\.on\.env\.KEY is a secret/)
  t.strictSame(keptSecrets({ user: 'anna' }, http), { user: 'anna' }, 'what is none stays')
  t.end()
})

void t.test('a wrong option is named, with what it may be, before the hub is asked', async (t) => {
  const before = hub.asked.length
  const words = (...rest: readonly string[]) =>
    infra().parseAsync(['bus', 'add', ...rest], { from: 'user' })
  const wrong = async (rest: readonly string[], message: RegExp, hint: RegExp) => {
    const fault = await words(...rest).catch((error: unknown) => error)
    t.match(fault, { exit: 'usage', message, ...(hint.source === '(?:)' ? {} : { hint }) })
  }
  const none = new RegExp('')
  await wrong(['obs', 'a', '--port', 'x'], /--port is integer from 1 to 65535, not "x"/, none)
  await wrong(['obs', 'a', '--port', '70000'], /--port is integer from 1 .* not "70000"/, none)
  await wrong(['obs', 'a', '--pictures', '1'], /--pictures takes JSON, a mapping/, none)
  await wrong(['ha', 'a'], /ha needs --token/, /infra bus add ha --help/)
  await wrong(['obss', 'a'], /there is no type "obss"/, /types: .*obs/)
  await wrong(['../bus', 'a'], /there is no type/, /types: .*obs/)
  await wrong([], /a type and a name are needed/, /TYPE is .*obs/)
  const mistyped = await bus('add', 'obs', 'a', '--prot', '1')
  t.match(mistyped, { code: 2, err: /Did you mean --port\?[^]*infra bus add obs --help/ })
  t.equal(hub.asked.length, before)
})

void t.test('what a device can do is listed, and what an action takes is said', async (t) => {
  const [all, one, other, machine] = await Promise.all([
    bus('exec', 'mypro', '--help'),
    bus('exec', 'mypro', 'switch.fade', '--help'),
    bus('exec', 'mypro', 'AnythingElse', '--help'),
    bus('exec', 'vmix', 'mypro', 'switch.fade', '--help', '--json'),
  ])
  t.match(all.out, /standard actions\n.*\n +switch\.fade +input \[ms\] \[curve\] +Fade preview/)
  t.match(all.out, /its own actions\n.*\n +\* +… +Any other function/)
  t.match(all.out, /lasting values \(infra set\)\n.*\n +\/level /)
  t.match(one.out, /input +needed +integer from 0 up or text +Which\n/)
  t.match(one.out, /ms +optional +integer from 0 to 9000 +How long \(default 500\)\n/)
  t.match(one.out, /curve +optional +linear or smooth\n/)
  t.match(one.out, '$ infra bus exec mypro switch.fade input=1\n')
  t.match(other.out, /^\*\n {2}Any other function by its name\n/)
  t.strictSame(JSON.parse(machine.out), [fade], 'the schema itself for machines')
})

void t.test('a refused argument is shown with the way to what would be right', async (t) => {
  const [wrong, unknown] = await Promise.all([
    bus('exec', 'mypro', 'Cut', 'Inpt=1'),
    bus('exec', 'ghost', '--help'),
  ])
  t.match(wrong, { code: 1, err: /no parameter Inpt.*\n {2}infra bus exec mypro Cut --help/ })
  t.match(unknown, { code: 1, err: /no device "ghost"\n {2}devices: mypro/ })
})

void t.test('a device is found by its name, or by its type and name', (t) => {
  const asked = { device: 'mypro', action: 'Cut', rest: ['Input=1'] }
  const list = devices as unknown as Parameters<typeof whoDoesWhat>[1] // what is read of them
  t.strictSame(whoDoesWhat(['mypro', 'Cut', 'Input=1'], list), asked)
  t.strictSame(whoDoesWhat(['vmix', 'mypro', 'Cut', 'Input=1'], list), asked)
  t.match(
    whoDoesWhat(['vmix', 'Cut'], list),
    { device: 'vmix', action: 'Cut' },
    'named like a type',
  )
  t.throws(() => whoDoesWhat(['obs', 'mypro', 'Cut'], list), /mypro is no obs: it is vmix/)
  t.match(whoDoesWhat(['ghost', 'Cut'], list), { device: 'ghost', action: 'Cut' })
  t.end()
})

void t.test('the line that adds a found device is safe to type, whatever it calls itself', (t) => {
  const found = (name: string, protocol: string, options: object) => ({
    protocol,
    name,
    host: '10.0.0.4',
    port: 8123,
    options: { host: '10.0.0.4', ...options },
  })
  t.strictSame(
    addLines(
      [
        found('Büro 1.5', 'ha', { port: 8123, tls: true }),
        found('$(reboot)', 'osc', { port: 9000 }),
        found('$(reboot)', 'osc', { port: 9001, path: "a'; b" }),
        found('舞台', 'rtpmidi', {}),
      ],
      kinds,
    ),
    [
      'infra bus add ha buro-1-5 --host 10.0.0.4 --port 8123 --tls --token env:BURO_1_5_TOKEN',
      'infra bus add osc reboot --host 10.0.0.4 --port 9000',
      `infra bus add osc reboot-2 --host 10.0.0.4 --port 9001 --path 'a'\\''; b'`,
      'infra bus add rtpmidi rtpmidi --host 10.0.0.4',
    ],
  )
  t.end()
})

void t.test('a type is said in words', (t) => {
  const said = [
    [{ type: 'number', minimum: 0, maximum: 1 }, 'number from 0 to 1'],
    [{ enum: ['a', 'two words', 3] }, 'a, "two words" or 3'],
    [{ type: 'array', items: { type: 'integer' }, minItems: 3, maxItems: 3 }, 'list of 3: integer'],
    [{ type: 'string', pattern: '^/' }, 'text of the form /^//'],
    [{ type: ['string', 'null'] }, 'text or null'],
    [{ type: 'object', properties: { a: {}, b: {} }, required: ['a'] }, 'mapping { a, b? }'],
    [true, 'any value'],
  ] as const
  for (const [schema, words] of said) t.equal(typePhrase(schema), words)
  t.end()
})
