import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import t from 'tap'
import type { DeviceId, MacroId } from '../intents/id.ts'
import { standardPanel } from './panel.ts'
import { loadConfig } from './load.ts'
import { faultsOf, load, parts } from './parts.contract.ts'

/** The example of the interface document, word for word. */
const example = `site: studio-a
hub: hub-a                                 # this process's name; default: the host's name
log: { engine: file }                      # or: { engine: redis, url: "redis://127.0.0.1:6379" }
http: { host: 127.0.0.1, port: 7700 }
devices:
  mypro: { protocol: vmix, host: 127.0.0.1 }            # port: 8099, httpPort: 8088
  desk:  { protocol: osc, host: 127.0.0.1, port: 9000 }
  relay: { protocol: tcp, host: 127.0.0.1, port: 9100, actions: { on: "RELAY {n} ON\\r\\n" } }
  hook:  { protocol: http, url: "http://127.0.0.1:9200", actions: { notify: { method: POST, path: /notify, json: { text: "{text}" } } } }
surfaces:
  console: { type: web }
  touch:   { type: osc, port: 12321 }
  lines:   { type: tcp, port: 16759 }
intents:
  studio_dark_mode: [ { set: desk, path: /master/level, value: 0 } ]
pages:
  1:
    0/0: { text: CUT, press: { fire: mypro, action: Cut } }
    0/1: { text: GO,  press: { fire: desk, action: /cue/go, args: [1] } }
macros:
  start_production:
    onFailure: stop                        # required: stop | continue | { run: OTHER }
    steps:
      - { set: desk, path: /master/level, value: 1 }
      - { wait: 500ms }
      - { fire: mypro, action: StartRecording }
      - { until: mypro, path: recording, equals: true, within: 5s }
      - { link: mypro, is: down, within: 1h }
`

function configOf(text: string) {
  const loaded = load(text)
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'))
  return loaded.config
}

/** What holds for a surface of which nothing is said. */
const everywhere = {
  reach: { pages: null, devices: null },
  panel: standardPanel,
  panels: new Map(),
}
/** A control that only has a press, a text and a colour. */
const plain = {
  textColour: null,
  size: 100,
  alignment: 'center:center',
  page: null,
  fader: null,
  progress: null,
  guardMs: null,
  confirmMs: null,
}

void t.test(
  'the example of the interface document loads, with every default filled in',
  async (t) => {
    const config = configOf(example)
    t.equal(config.site, 'studio-a')
    t.equal(config.hub, 'hub-a')
    t.same(config.log, { engine: 'file', segmentBytes: 16_777_216 })
    t.same(config.http, { host: '127.0.0.1', port: 7700, tls: null, insecure: false })
    t.same(config.devices.get('mypro' as DeviceId), {
      protocol: 'vmix',
      options: { host: '127.0.0.1', port: 8099, httpPort: 8088 },
      durability: null,
      home: { hub: null, pinned: false },
      rules: new Map(),
      delivery: {
        attempts: 3,
        backoffMs: 1000,
        backoffCapMs: 10_000,
        timeoutMs: 2000,
        fireDeadlineMs: 10_000,
        setDeadlineMs: 30_000,
      },
      lane: 'quick',
      slow: {
        attempts: 5,
        backoffMs: 2000,
        backoffCapMs: 60_000,
        timeoutMs: 30_000,
        fireDeadlineMs: 600_000,
        setDeadlineMs: 3_600_000,
        concurrency: 1,
        rate: null,
      },
    })
    t.equal(config.slowLane, null)
    t.same(config.devices.get('relay' as DeviceId)?.options['actions'], { on: 'RELAY {n} ON\r\n' })
    t.same(config.devices.get('hook' as DeviceId)?.options['actions'], {
      notify: { method: 'POST', path: '/notify', json: { text: '{text}' } },
    })
    t.same(config.surfaces.get('console'), {
      type: 'web',
      options: {},
      durability: null,
      expiresInMs: null,
      ...everywhere,
    })
    t.same(config.intents.get('studio_dark_mode'), [
      { verb: 'set', device: 'desk', path: '/master/level', value: 0 },
    ])
    t.same(config.pages.get(1)?.get('0/1'), {
      text: 'GO',
      colour: '#37474f',
      image: null,
      picture: null,
      press: { verb: 'fire', device: 'desk', action: '/cue/go', args: [1] },
      release: null,
      hold: null,
      rotateLeft: null,
      rotateRight: null,
      lit: null,
      ...plain,
    })
    t.same(config.macros.get('start_production' as MacroId), {
      id: 'start_production',
      onFailure: 'stop',
      onCrash: 'resume',
      resumeWithinMs: 60_000,
      steps: [
        { do: { verb: 'set', device: 'desk', path: '/master/level', value: 1 } },
        { waitMs: 500 },
        { do: { verb: 'fire', device: 'mypro', action: 'StartRecording', args: {} } },
        { until: { device: 'mypro', path: 'recording', equals: true }, withinMs: 5000 },
        { until: { device: 'mypro', up: false }, withinMs: 3_600_000 },
      ],
    })
    t.equal(config.hash, createHash('sha256').update(example).digest('hex'))
  },
)

void t.test(
  'every form of control, intent, rule and delivery arrives as it is meant',
  async (t) => {
    const config = configOf(`
site: a
log: { engine: file, segmentBytes: 65536 }
http: { host: 0.0.0.0, port: 0, tls: { certFile: cert.pem, keyFile: key.pem } }
devices:
  desk:
    protocol: osc
    port: 9000
    durability: live
    rules: { /cue/go: { durability: durable, expiresIn: 1.5s } }
    delivery: { attempts: 1, backoff: 250, backoffCap: 2m, timeout: 1s, fireDeadline: 1h, setDeadline: 500ms }
surfaces:
  touch: { type: osc, durability: live, expiresIn: 2s }
  more: { type: osc, port: 12322 }
intents:
  all: [ { do: record.start, args: { a: 1 } }, { run: m, args: [1] }, { cancel: some-run }, { hold: true } ]
pages:
  7:
    31/31:
      color: '#ABCDEF'
      image: pictures/cut.png
      release: { hold: false }
      hold: { do: { do: all } }
      rotate-left: { fire: desk, action: /l }
      rotateRight: { fire: desk, action: /r }
      lit: { device: desk, path: /on, equals: null }
macros:
  m: { onFailure: { run: n }, onCrash: abandon, resumeWithin: 5s, steps: [ { wait: 0 } ] }
  n: { onFailure: continue, steps: [ { wait: 20 } ] }
`)
    t.equal(config.hub, 'test-host')
    t.same(config.http.tls, { certFile: 'cert.pem', keyFile: 'key.pem' })
    const desk = config.devices.get('desk' as DeviceId)
    t.equal(desk?.durability, 'live')
    t.same(
      desk?.rules,
      new Map([['/cue/go', { durability: 'durable', expiresInMs: 1500, personal: null }]]),
    )
    t.same(desk?.delivery, {
      attempts: 1,
      backoffMs: 250,
      backoffCapMs: 120_000,
      timeoutMs: 1000,
      fireDeadlineMs: 3_600_000,
      setDeadlineMs: 500,
    })
    t.same(config.surfaces.get('touch'), {
      type: 'osc',
      options: { host: '127.0.0.1', port: 12321 },
      durability: 'live',
      expiresInMs: 2000,
      ...everywhere,
    })
    t.same(config.intents.get('all'), [
      { verb: 'do', name: 'record.start', args: { a: 1 } },
      { verb: 'run', macro: 'm', args: [1] },
      { verb: 'cancel', run: 'some-run' },
      { verb: 'hold', on: true },
    ])
    t.same(config.pages.get(7)?.get('31/31'), {
      text: '',
      colour: '#abcdef',
      image: 'pictures/cut.png',
      picture: null,
      press: null,
      release: { verb: 'hold', on: false },
      hold: { afterMs: 500, do: { verb: 'do', name: 'all', args: {} } },
      rotateLeft: { verb: 'fire', device: 'desk', action: '/l', args: {} },
      rotateRight: { verb: 'fire', device: 'desk', action: '/r', args: {} },
      lit: { device: 'desk', path: '/on', equals: null },
      ...plain,
    })
    t.same(config.macros.get('m' as MacroId)?.onFailure, { run: 'n' })
    t.equal(config.macros.get('m' as MacroId)?.onCrash, 'abandon')
  },
)

void t.test('a slow service says how fast it may be asked, and where its jobs go', async (t) => {
  const config = configOf(`
site: a
slowLane: { redis: '\${env:REDIS_URL}' }
devices:
  mail:
    protocol: http
    url: https://mail.example
    token: '\${env:MAIL_TOKEN}'
    lane: slow
    slow: { concurrency: 4, rate: { most: 30, per: 1m }, attempts: 2, timeout: 90s }
`)
  t.same(config.slowLane, { redis: '${env:REDIS_URL}' })
  const mail = config.devices.get('mail' as DeviceId)
  t.equal(mail?.lane, 'slow')
  t.match(mail?.slow, {
    concurrency: 4,
    rate: { most: 30, perMs: 60_000 },
    attempts: 2,
    timeoutMs: 90_000,
    backoffMs: 2000,
  })
  t.same(Object.keys(mail?.options ?? {}).toSorted(), ['actions', 'token', 'url'])
})

void t.test('what goes through a server must not hold a secret as it is', async (t) => {
  const device = (more: string) =>
    `  mail: { protocol: http, url: 'https://mail.example', token: hunter2, ${more} }\n`
  const file = (device: string, lane = 'slowLane: { redis: "redis://127.0.0.1" }\n') =>
    faultsOf(`site: a\n${lane}devices:\n${device}`)
  const wanted =
    /devices\.mail\.token: expected a reference such as .* because slow jobs go through Redis/
  t.match(file(device('lane: slow')), [wanted])
  t.match(file(device('actions: { send: { lane: slow } }')), [wanted])
  t.notMatch(file(device('lane: slow')).join(), /hunter2/)
  t.same(file(device('lane: quick')), [], 'control: it stays in the hub')
  t.same(file(device('lane: slow'), ''), [], 'control: so it does without a server')
  t.match(file('', 'slowLane: { redis: "127.0.0.1:6379" }\n'), [/slowLane\.redis: expected a URL/])
  t.match(file(device('lane: slow, slow: { rate: { most: 0 } }'), ''), [/rate\.most: expected/])
})

void t.test('the hub takes the name of its machine, made to fit', async (t) => {
  const hubOf = (hostName: string) => {
    const loaded = loadConfig('site: a', 'infra.yaml', { ...parts, hostName })
    return loaded.ok ? loaded.config.hub : null
  }
  t.equal(hubOf('studio-pc'), 'studio-pc')
  t.equal(hubOf('3f2a.studio.example'), 'hub-3f2a-studio-example')
  t.equal(hubOf('…'), 'hub')
  t.equal(hubOf('a'.repeat(80)), 'a'.repeat(64))
})

void t.test('sections that are empty or all comments are empty, not wrong', async (t) => {
  const config = configOf(
    'site: a\ndevices:\n  # desk: { protocol: osc, port: 1 }\npages:\nmacros:\n',
  )
  t.equal(config.devices.size + config.pages.size + config.macros.size, 0)
})

void t.test(
  'an anchor may be used again, and a secret may stand for any option that is text',
  async (t) => {
    const config = configOf(`
site: a
devices:
  a: { protocol: osc, port: 1, delivery: &often { attempts: 9 } }
  b: { protocol: http, url: '\${env:URL}', token: 'x\${file:/run/t}', delivery: *often }
`)
    t.equal(config.devices.get('b' as DeviceId)?.delivery.attempts, 9)
    t.equal(config.devices.get('b' as DeviceId)?.options['url'], '${env:URL}')
  },
)

void t.test(
  'whatever the file says, the answer is a config or faults in order, never an exception',
  async (t) => {
    const words =
      'site devices protocol osc pages 1 0/0 press fire steps macros intents do 500ms __proto__ constructor toString << &a *a !x ? [ ] { } , : - " \' | > %YAML --- ... # ~ .nan 1e999 ${env: }'
    const blanks = ['\n', '\n  ', '\n    ', ' ', ': ', '- ', '? ', '\t', '\0', '\u{feff}', '\ud800']
    const word = fc.constantFrom(...words.split(' '), ...blanks)
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
      // lines of a good file, some left out, some twice, in any order
      fc.shuffledSubarray(example.split('\n')).map((lines) => lines.join('\n')),
      fc.json().map((json) => `site: a\ndevices: ${json}\npages: ${json}\nmacros: { m: ${json} }`),
      fc.json(),
    )
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(junk, (text) => {
          const loaded = load(text)
          if (loaded.ok) return
          if (loaded.faults.length === 0) throw new Error('refused without a fault')
          for (const [i, { line, column, message }] of loaded.faults.entries()) {
            if (!(line >= 1 && column >= 1)) throw new Error(`no place: ${message}`)
            if (line < (loaded.faults[i - 1]?.line ?? 0)) throw new Error('out of order')
          }
        }),
        { numRuns: 1500 },
      ),
    )
  },
)

void t.test(
  'what holds for a panel comes from its own entry, its surface, and the standard',
  (t) => {
    const config = configOf(`
site: s
devices: { desk: { protocol: osc, host: 127.0.0.1, port: 9 } }
surfaces:
  sat:
    type: osc
    pages: [1, 2]
    panel: { brightness: 40, lock: { pin: "\${env:DESK_PIN}", after: 5m }, operator: anna }
    panels: { "streamdeck:AB 12": { page: 2, devices: [desk], brightness: 0 } }
pages:
  1:
    0/0:
      text: CUT
      textColour: "#FFEE00"
      size: 40
      guard: 300ms
      confirm: 2s
      page: next
      fader: { device: desk, path: /level, from: -60, to: 0 }
      progress: { device: desk, path: /left }
`)
    const surface = config.surfaces.get('sat')
    const lock = { pin: '${env:DESK_PIN}', afterMs: 300_000 }
    t.same(surface?.reach, { pages: new Set([1, 2]), devices: null })
    t.same(surface?.panel, { ...standardPanel, brightness: 40, operator: 'anna', lock })
    t.same(surface?.panels.get('streamdeck:AB 12'), {
      operator: 'anna',
      page: 2,
      reach: { pages: null, devices: new Set(['desk']) },
      brightness: 0,
      lock,
      whenLost: 'message',
    })
    t.match(config.pages.get(1)?.get('0/0'), {
      textColour: '#ffee00',
      size: 40,
      guardMs: 300,
      confirmMs: 2000,
      page: 'next',
      fader: { device: 'desk', path: '/level', from: -60, to: 0 },
      progress: { device: 'desk', path: '/left', from: 0, to: 1 },
    })
    t.end()
  },
)

void t.test(
  'a PIN of letters, a page that is none and a device that is not there are faults',
  (t) => {
    const loaded = load(`
site: s
surfaces:
  sat: { type: osc, panel: { lock: { pin: abcd }, page: 0, devices: [nobody] } }
`)
    t.notOk(loaded.ok)
    const messages = loaded.ok ? [] : loaded.faults.map(({ message }) => message)
    t.equal(messages.length, 3)
    t.match(messages.join('\n'), /four to sixteen digits/)
    t.end()
  },
)
