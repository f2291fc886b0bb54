import t from 'tap'
import { faultsOf, load, parts } from './parts.contract.ts'
import { loadConfig } from './load.ts'
import { mostFaults } from './fault.ts'

const start = 'site: a\ndevices:\n  desk: { protocol: osc, port: 9000 }\n'

/** What a person reads, for each kind of mistake. `start` is three lines long. */
const mistakes: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a word for a number',
    'site: a\ndevices:\n  desk:\n    protocol: osc\n    port: "nine"\n',
    'infra.yaml:5:11 devices.desk.port: expected an integer from 1 to 65535, found "nine"',
  ],
  [
    'a number out of range',
    'site: a\nhttp: { port: 70000 }\n',
    'infra.yaml:2:15 http.port: expected an integer from 0 to 65535, found 70000',
  ],
  [
    'a fraction for an integer',
    'site: a\nhttp: { port: 7.5 }\n',
    'infra.yaml:2:15 http.port: expected an integer from 0 to 65535, found 7.5',
  ],
  [
    'a key that is missing',
    'site: a\ndevices:\n  desk: { protocol: osc }\n',
    'infra.yaml:3:3 devices.desk.port: expected an integer from 1 to 65535, found nothing',
  ],
  [
    'no site',
    'hub: a\n',
    'infra.yaml:1:1 site: expected a name: a letter, then letters, digits, "-" or "_", at most 64, found nothing',
  ],
  ['an empty file', '', 'infra.yaml:1:1 expected a mapping, found nothing'],
  ['a list for a file', '- a\n', 'infra.yaml:1:1 expected a mapping, found a list'],
  [
    'a site that is no name',
    'site: 1a b\n',
    'infra.yaml:1:7 site: expected a name: a letter, then letters, digits, "-" or "_", at most 64, found "1a b"',
  ],
  [
    'a mistyped section',
    'site: a\ndevces: {}\n',
    'infra.yaml:2:1 devces: expected a known key (did you mean "devices"?), found "devces"',
  ],
  [
    'a mistyped option',
    'site: a\ndevices:\n  m: { protocol: vmix, htpPort: 1 }\n',
    'infra.yaml:3:24 devices.m.htpPort: expected a known key (did you mean "httpPort"?), found "htpPort"',
  ],
  [
    'an option of nobody',
    'site: a\nsurfaces:\n  s: { type: tcp, zzzzz: 1 }\n',
    'infra.yaml:3:19 surfaces.s.zzzzz: expected a known key: type, host, port, durability, expiresIn, pages, devices, panel, panels, found "zzzzz"',
  ],
  [
    'an unknown key deep inside an option',
    'site: a\ndevices:\n  h: { protocol: http, url: "http://x", actions: { n: { methd: GET } } }\n',
    'infra.yaml:3:57 devices.h.actions.n.methd: expected a known key (did you mean "method"?), found "methd"',
  ],
  [
    'a mistyped protocol',
    'site: a\ndevices:\n  m: { protocol: vmx }\n',
    'infra.yaml:3:18 devices.m.protocol: expected an adapter (did you mean "vmix"?), found "vmx"',
  ],
  [
    'a protocol that reaches for another folder',
    'site: a\ndevices:\n  m: { protocol: ../../evil }\n',
    'infra.yaml:3:18 devices.m.protocol: expected an adapter: vmix, osc, tcp, udp, http, ha, found "../../evil"',
  ],
  [
    'no protocol',
    'site: a\ndevices:\n  m: { host: a }\n',
    'infra.yaml:3:3 devices.m.protocol: expected an adapter: vmix, osc, tcp, udp, http, ha, found nothing',
  ],
  [
    'a device that is a word',
    'site: a\ndevices:\n  m: vmix\n',
    'infra.yaml:3:6 devices.m: expected a mapping with protocol, found "vmix"',
  ],
  [
    'a kind of surface there is none of',
    'site: a\nsurfaces:\n  s: { type: midi }\n',
    'infra.yaml:3:14 surfaces.s.type: expected a kind of surface: web, osc, tcp, udp, satellite, found "midi"',
  ],
  [
    'a key of its own at the panel',
    'site: a\nsurfaces:\n  s: { type: web, port: 1 }\n',
    'infra.yaml:3:19 surfaces.s.port: expected a known key: type, durability, expiresIn, pages, devices, panel, panels, found "port"',
  ],
  [
    'a device with an impossible name',
    'site: a\ndevices:\n  my desk: { protocol: osc, port: 1 }\n',
    'infra.yaml:3:3 devices.my desk: expected a name: a letter, then letters, digits, "-" or "_", at most 64, found "my desk"',
  ],
  [
    'a choice that is none',
    'site: a\ndevices:\n  d: { protocol: osc, port: 1, transport: tcpp }\n',
    'infra.yaml:3:43 devices.d.transport: expected "udp" or "tcp", found "tcpp"',
  ],
  [
    'an engine for the log that is none',
    'site: a\nlog: { engine: rabbit }\n',
    'infra.yaml:2:16 log.engine: expected "file", "redis" or "kurrent", found "rabbit"',
  ],
  [
    'a password in the address of the log',
    'site: a\nlog: { engine: kurrent, url: "esdb://ops:x@a:2113" }\n',
    'infra.yaml:2:30 log.url: expected esdb://host:port or esdb://host:port?tls=false, without name and password, found a string (not shown)',
  ],
  [
    'a log on Redis without a server',
    'site: a\nlog: { engine: redis }\n',
    'infra.yaml:2:6 log: expected one of url, sentinel and cluster, found none of them',
  ],
  [
    'a log on Redis with two servers',
    'site: a\nlog: { engine: redis, url: "redis://a:1", cluster: [ "b:1" ] }\n',
    'infra.yaml:2:6 log: expected one of url, sentinel and cluster, found url and cluster',
  ],
  [
    'a password in the address of the log',
    'site: a\nlog:\n  engine: redis\n  url: "redis://u:hush@a:1"\n',
    'infra.yaml:4:8 log.url: expected redis://host:port or rediss://host:port, without name and password, found a string (not shown)',
  ],
  [
    'a key of the other engine',
    'site: a\nlog: { engine: redis, url: "redis://a:1", segmentBytes: 4096 }\n',
    'infra.yaml:2:43 log.segmentBytes: expected a known key: engine, url, sentinel, cluster, username, password, tls, commandTimeout, openWithin, leaseTtl, whenUnavailable, found "segmentBytes"',
  ],
  [
    'a rule only typebox knows',
    'site: a\ndevices:\n  h: { protocol: http, url: "http://x", tries: 3 }\n',
    'infra.yaml:3:48 devices.h.tries: expected what protocol http wants (must be multiple of 2), found something else',
  ],
  [
    'a duration without its unit',
    'site: a\ndevices:\n  d: { protocol: osc, port: 1, delivery: { timeout: 2 sec } }\n',
    'infra.yaml:3:53 devices.d.delivery.timeout: expected a duration such as 500ms, 5s, 2m or 1h, at least 1ms, at most 168h, found "2 sec"',
  ],
  [
    'a duration of a year',
    'site: a\ndevices:\n  d: { protocol: osc, port: 1, delivery: { backoff: 8760h } }\n',
    'infra.yaml:3:53 devices.d.delivery.backoff: expected a duration such as 500ms, 5s, 2m or 1h, at most 168h, found "8760h"',
  ],
  [
    'a control that presses an unknown device',
    `${start}pages:\n  1:\n    0/0: { press: { fire: dsek, action: /go } }\n`,
    'infra.yaml:6:27 pages.1.0/0.press.fire: expected the name of a device of this file (did you mean "desk"?), found "dsek"',
  ],
  [
    'a lamp that watches an unknown device',
    `${start}pages:\n  1:\n    0/0: { lit: { device: mixer, path: a, equals: 1 } }\n`,
    'infra.yaml:6:27 pages.1.0/0.lit.device: expected the name of a device of this file: desk, site, found "mixer"',
  ],
  [
    'a name that means nothing',
    `${start}intents:\n  a: [ { do: record.strat } ]\n`,
    'infra.yaml:5:14 intents.a[0].do: expected a named intent of this file or a standard action (did you mean "record.start"?), found "record.strat"',
  ],
  [
    'a macro that is none',
    `${start}macros:\n  m: { onFailure: { run: x }, steps: [ { wait: 1 } ] }\n`,
    'infra.yaml:5:26 macros.m.onFailure.run: expected the name of a macro of this file (did you mean "m"?), found "x"',
  ],
  [
    'a macro without onFailure',
    `${start}macros:\n  m: { steps: [ { wait: 1 } ] }\n`,
    'infra.yaml:5:3 macros.m.onFailure: expected stop, continue, compensate or { run: OTHER }, found nothing',
  ],
  [
    'a macro without steps',
    `${start}macros:\n  m: { onFailure: stop, steps: [] }\n`,
    'infra.yaml:5:32 macros.m.steps: expected a list of at least 1, found a list of 0',
  ],
  [
    'an intent of two minds',
    `${start}intents:\n  a: [ { fire: desk, action: /a, set: desk } ]\n`,
    'infra.yaml:5:34 intents.a[0].set: expected a known key: fire, action, args, when, found "set"',
  ],
  [
    'an intent that says nothing',
    `${start}intents:\n  a: [ {} ]\n`,
    'infra.yaml:5:8 intents.a[0]: expected an intent with one of the keys fire, set, do, run, cancel, hold, found an empty mapping',
  ],
  [
    'an intent mistyped',
    `${start}intents:\n  a: [ { fier: desk, action: /a } ]\n`,
    'infra.yaml:5:10 intents.a[0]: expected an intent with one of the keys fire, set, do, run, cancel, hold (did you mean "fire"?), found "fier"',
  ],
  [
    'an intent that is a word',
    `${start}intents:\n  a: [ cut ]\n`,
    'infra.yaml:5:8 intents.a[0]: expected an intent with one of the keys fire, set, do, run, cancel, hold, found "cut"',
  ],
  [
    'a step that cannot be one',
    `${start}macros:\n  m: { onFailure: stop, steps: [ { sleep: 1 } ] }\n`,
    'infra.yaml:5:34 macros.m.steps[0]: expected a step with one of the keys fire, set, do, run, cancel, hold, wait, waitUntil, until, link, untilTrue, if, choose, repeat, while, forEach, together, try, ask, checkpoint, note, abort, let, found the keys sleep',
  ],
  [
    'waiting for ever',
    `${start}macros:\n  m: { onFailure: stop, steps: [ { until: desk, path: a, equals: 1 } ] }\n`,
    'infra.yaml:5:34 macros.m.steps[0].within: expected a duration such as 500ms, 5s, 2m or 1h, at least 1ms, at most 168h, found nothing',
  ],
  [
    'page zero',
    `${start}pages:\n  0: {}\n`,
    'infra.yaml:5:3 pages.0: expected a page number from 1 to 9999, found "0"',
  ],
  [
    'a column beyond the grid',
    `${start}pages:\n  1:\n    0/32: {}\n`,
    'infra.yaml:6:5 pages.1.0/32: expected a place ROW/COLUMN, each from 0 to 31, found "0/32"',
  ],
  [
    'a colour that YAML took for a comment',
    `${start}pages:\n  1:\n    0/0:\n      colour: #ff0000\n`,
    'infra.yaml:7:15 pages.1.0/0.colour: expected a colour such as "#c62828", in quotes, found nothing',
  ],
  [
    'a colour in both spellings',
    `${start}pages:\n  1:\n    0/0: { colour: "#000000", color: "#ffffff" }\n`,
    'infra.yaml:6:31 pages.1.0/0.color: expected only one of colour and its other spelling, found "color" too',
  ],
  [
    'a picture from elsewhere',
    `${start}pages:\n  1:\n    0/0: { image: ../../etc/passwd }\n`,
    'infra.yaml:6:19 pages.1.0/0.image: expected a path below the config file’s folder, or a data:image/ URL, found "../../etc/passwd"',
  ],
  [
    'a picture from the net',
    `${start}pages:\n  1:\n    0/0: { image: "http://x/y.png" }\n`,
    'infra.yaml:6:19 pages.1.0/0.image: expected a path below the config file’s folder, or a data:image/ URL, found "http://x/y.png"',
  ],
  [
    'the same device twice',
    `${start}  desk: { protocol: osc, port: 1 }\n`,
    'infra.yaml:4:3 devices.desk: expected each key once, found "desk" again',
  ],
  [
    'page 1 and page "1"',
    `${start}pages:\n  1: {}\n  "1": {}\n`,
    'infra.yaml:6:3 pages.1: expected each key once, found "1" again',
  ],
  [
    'a key that is a list',
    `${start}pages:\n  [1, 2]: {}\n`,
    'infra.yaml:5:3 pages: expected a key that is a word or a number, found something else',
  ],
  [
    'a number that JSON does not have',
    `${start}intents:\n  a: [ { set: desk, path: a, value: .inf } ]\n`,
    'infra.yaml:5:37 intents.a[0].value: expected a string, a finite number, true, false, null, a list or a mapping, found ".inf"',
  ],
  [
    'two surfaces on one port',
    `${start}surfaces:\n  a: { type: osc }\n  b: { type: tcp, port: 12321 }\n  c: { type: osc, port: 12321 }\n`,
    'infra.yaml:7:25 surfaces.c.port: expected a port of its own (surface a has it), found 12321',
  ],
  [
    'two surfaces with one port for WebSocket',
    `${start}surfaces:\n  a: { type: satellite }\n  b: { type: satellite, port: 16700, webSocketPort: 16623 }\n`,
    'infra.yaml:6:53 surfaces.b.webSocketPort: expected a port of its own (surface a has it), found 16623',
  ],
  [
    'one surface with one port for both',
    `${start}surfaces:\n  a: { type: satellite, webSocketPort: 16622 }\n`,
    'infra.yaml:5:40 surfaces.a.webSocketPort: expected a port of its own (surface a has it), found 16622',
  ],
  [
    'a fader whose ends are one',
    `${start}pages:\n  1:\n    0/0: { fader: { device: desk, path: /l, from: 10, to: 10 } }\n`,
    'infra.yaml:6:59 pages.1.0/0.fader.to: expected another value than that of from, found 10',
  ],
  [
    'a bar that begins where it ends by default',
    `${start}pages:\n  1:\n    0/0: { progress: { device: desk, path: /l, from: 1 } }\n`,
    'infra.yaml:6:54 pages.1.0/0.progress.from: expected another value than that of to, found 1',
  ],
  [
    'an API that is open to the network',
    'site: a\nhttp: { host: 0.0.0.0 }\n',
    'infra.yaml:2:15 http.host: expected a loopback address, or tls, or insecure: true, found "0.0.0.0"',
  ],
  [
    'a surface that is open to the network',
    'site: a\nsurfaces:\n  touch: { type: udp, host: 0.0.0.0 }\n',
    'infra.yaml:3:29 surfaces.touch.host: expected a loopback address, or insecure: true, since this way in has no token, found "0.0.0.0"',
  ],
  [
    'a secret without a name',
    'site: a\ndevices:\n  h: { protocol: http, url: "http://x", token: "${env:}" }\n',
    'infra.yaml:3:48 devices.h.token: expected a reference such as ${env:NAME} or ${file:/path}, found a string (not shown)',
  ],
  [
    'a secret of the wrong kind, which is not repeated',
    'site: a\ndevices:\n  h: { protocol: http, url: "http://x", token: 271828 }\n',
    'infra.yaml:3:48 devices.h.token: expected a string, not empty, found a number (not shown)',
  ],
  [
    'names that lead in a circle',
    `${start}intents:\n  a: [ { do: b } ]\n  b: [ { do: a } ]\n`,
    'infra.yaml:6:14 intents.b[0].do: expected no way back to itself, found a → b → a',
  ],
  [
    'macros that fail into each other',
    `${start}macros:\n  m: { onFailure: { run: n }, steps: [ { wait: 1 } ] }\n  n: { onFailure: { run: m }, steps: [ { wait: 1 } ] }\n`,
    'infra.yaml:6:26 macros.n.onFailure.run: expected no way back to itself, found m → n → m',
  ],
  [
    'a macro that runs itself through a name',
    `${start}intents:\n  again: [ { run: m } ]\nmacros:\n  m: { onFailure: stop, steps: [ { do: again } ] }\n`,
    'infra.yaml:7:40 macros.m.steps[0].do: expected no way back to itself, found again → m → again',
  ],
  [
    'an alias of nothing',
    `${start}intents: *none\n`,
    'infra.yaml:4:10 intents: expected an alias of an anchor before it, found "*none"',
  ],
  [
    'an alias of what it stands in',
    `${start}intents: &a { b: *a }\n`,
    'infra.yaml:4:18 intents.b: expected an alias of an anchor before it, found "*a"',
  ],
]

for (const [name, text, message] of mistakes)
  void t.test(
    `${name} is named with its place, what was expected and what was found`,
    async (t) => {
      const found = faultsOf(text)
      t.ok(found.includes(message), message, { found })
      // an alias of nothing leaves null behind, which the section then reports too
      t.ok(found.length === 1 || name.startsWith('an alias'), 'and nothing else', { found })
    },
  )

void t.test('text that is not YAML is named with its line', async (t) => {
  for (const [text, place] of [
    ['site: a\nhub: [\n', /^infra\.yaml:\d:\d+ expected valid YAML, found "/],
    ['site: a\n  hub: b\n', /^infra\.yaml:[12]:\d+ expected valid YAML, found "/],
    ['site: "a\n', /^infra\.yaml:[12]:\d+ expected valid YAML, found "/],
    ['site: a\n---\nsite: b\n', /^infra\.yaml:2:1 expected valid YAML, found "/],
    ['site: !secret a\n', /^infra\.yaml:1:7 expected valid YAML, found "Unresolved tag/],
  ] as const)
    t.match(faultsOf(text)[0], place, text)
})

void t.test(
  'all mistakes come at once, in the order of the file, each with its parts',
  async (t) => {
    const loaded = load(
      'hub: 7\nhttp: { port: x }\ndevices:\n  a: { protocol: osx }\n  b: { protocol: osc, port: 0, prot: 1 }\nmacros:\n  m: { steps: [ { fire: a, action: x }, { fire: c, action: x } ] }\n',
    )
    t.notOk(loaded.ok)
    const faults = loaded.ok ? [] : loaded.faults
    t.same(
      faults.map(({ line, path }) => `${line} ${path}`),
      [
        '1 site',
        '1 hub',
        '2 http.port',
        '4 devices.a.protocol',
        '5 devices.b.port',
        '5 devices.b.prot',
        '7 macros.m.onFailure',
        '7 macros.m.steps[1].fire',
      ],
    )
    const { line, column, path, expected, found, file } = faults[2] ?? {}
    t.same(
      { file, line, column, path, expected, found },
      {
        file: 'infra.yaml',
        line: 2,
        column: 15,
        path: 'http.port',
        expected: 'an integer from 0 to 65535',
        found: '"x"',
      },
    )
  },
)

void t.test('text from the file is shortened in an error', async (t) => {
  const [message] = faultsOf(`site: a\nhttp: { port: "${'x'.repeat(5000)}" }\n`)
  t.ok((message?.length ?? 0) < 200, String(message))
})

void t.test('a file made to hurt is refused, with a bounded answer', async (t) => {
  t.match(faultsOf(`site: a # ${'x'.repeat(1024 * 1024)}`), [
    /at most 1048576 bytes, found 1048586/,
  ])
  t.match(faultsOf(`site: a # ${'x'.repeat(1024 * 1024 - 10)}`), [], 'control: one that just fits')
  t.match(faultsOf(`site: ${'['.repeat(100_000)}`), [/./])
  t.match(faultsOf(`site: ${'['.repeat(100)}1${']'.repeat(100)}`), [
    /^infra.yaml:1:71 expected values nested at most 64 deep/,
  ])
  const bomb = Array.from({ length: 20 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`,
  )
  t.match(faultsOf(bomb.join('\n')).join('\n'), /aliases that add at most 100000 values/)
  const many = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n')
  t.equal(faultsOf(many).length, mostFaults)
  t.equal(faultsOf('"'.repeat(10_000)).length, mostFaults)
})

void t.test('the hub need not list its adapters to have unknown ones refused', async (t) => {
  const { protocols: _protocols, surfaceTypes: _surfaceTypes, ...rest } = parts
  const text = 'site: a\ndevices: { m: { protocol: midi } }\n'
  const loaded = loadConfig(text, 'x.yaml', rest)
  t.notOk(loaded.ok)
  t.match(loaded.ok ? [] : loaded.faults, [{ path: 'devices.m.protocol', found: '"midi"' }])
})
