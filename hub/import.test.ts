import { gzipSync } from 'node:zlib'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { configFrom } from './core.contract.ts'
import { importCompanion } from './import.ts'
import { action, button, studio } from '../import-companion/studio.fixture.ts'
import type { Json, JsonObject } from '../intents/json.ts'

const order = { site: 'studio', pictureFolder: 'pictures', name: 'studio.companionconfig' }
const bytes = (value: Json) => Buffer.from(JSON.stringify(value))

/** What the import makes of it, as our own config's check reads it. */
async function made(value: Json) {
  const found = await importCompanion(bytes(value), order)
  t.same(found.faults, [], 'infra config check accepts it')
  const why = (place: string) =>
    found.gaps.filter((gap) => gap.place.includes(place)).map((gap) => gap.why)
  return { ...found, config: configFrom(found.text), yaml: parse(found.text) as JsonObject, why }
}

/** A feedback as a condition. */
const condition = (
  connection: string,
  name: string,
  options: JsonObject = {},
  more: JsonObject = {},
) => ({ type: 'feedback', connectionId: connection, definitionId: name, options, ...more })

const one = (...actions: readonly Json[]) =>
  studio({ '0': { '0': button({ text: 'GO' }, actions) } })

void t.test(
  'a button of each kind of device that we know does here what it did there',
  async (t) => {
    const cases: readonly (readonly [JsonObject, Json])[] = [
      [action('c1', 'send_blank', { path: '/go' }), { fire: 'desk', action: '/go', args: [] }],
      [
        action('c1', 'send_int', { path: '/cue', int: '7' }),
        { fire: 'desk', action: '/cue', args: [{ type: 'i', value: 7 }] },
      ],
      [
        action('c1', 'send_multiple', { path: '/m', arguments: `1 "Let's go" 2.5 true on` }),
        {
          fire: 'desk',
          action: '/m',
          args: [{ type: 'i', value: 1 }, "Let's go", { type: 'f', value: 2.5 }, true, 'on'],
        },
      ],
      [
        action('c2', 'send', { id_send: 'RELAY 1 ON', id_end: '\r\n' }),
        { fire: 'Relay_box', action: 'send_crlf', args: { text: 'RELAY 1 ON' } },
      ],
      [
        action('c2', 'send_hex', { id_send_hex: '8101', id_end: '' }),
        { fire: 'Relay_box', action: 'send_hex', args: { bytes: '8101' } },
      ],
      [
        action('c3', 'post', {
          url: 'notify?x=1',
          body: '{"text":"hi"}',
          contenttype: 'application/json',
        }),
        {
          fire: 'hook',
          action: 'request',
          args: { method: 'POST', path: '/notify?x=1', json: { text: 'hi' } },
        },
      ],
      [
        action('c4', 'transitionMix', { functionID: 'Fade', duration: '500', mix: 1, input: '' }),
        { fire: 'mypro', action: 'Fade', args: { duration: '500' } },
      ],
      [
        action('c4', 'overlayFunctions', { type: 'In', input: 'Title', overlay: '2', mix: [1] }),
        { fire: 'mypro', action: 'OverlayInput2In', args: { input: 'Title' } },
      ],
      [action('c5', 'start_recording'), { fire: 'air', action: 'StartRecord' }],
      [
        action('c5', 'set_scene', { scene: 'customSceneName', customSceneName: 'Host' }),
        { fire: 'air', action: 'SetCurrentProgramScene', args: { sceneName: 'Host' } },
      ],
      [
        action('c6', 'set_light_on', { entity_id: ['light.key'], state: 'off' }),
        { fire: 'house', action: 'light.turn_off', args: { entity_id: ['light.key'] } },
      ],
    ]
    for (const [given, expected] of cases) {
      const { yaml, gaps } = await made(one(given))
      t.match(
        (yaml['pages'] as never)['1']['0/0'],
        { press: expected },
        JSON.stringify(given['definitionId']),
      )
      t.notMatch(gaps, [{ what: /action/ }])
    }
  },
)

void t.test('the devices are those of the connections, and no password comes along', async (t) => {
  const { config, text, why } = await made(
    one(
      action('c2', 'send', { id_send: 'ON', id_end: '\n' }),
      action('c3', 'get', { url: 'http://127.0.0.1:9300/x' }),
    ),
  )
  t.same(
    [...config.devices].map(([name, { protocol }]) => [name, protocol]),
    [
      ['desk', 'osc'],
      ['Relay_box', 'tcp'],
      ['hook', 'http'],
      ['mypro', 'vmix'],
      ['air', 'obs'],
      ['house', 'ha'],
    ],
  )
  t.match(
    [...config.devices.values()].map(({ options }) => options),
    [
      { host: '127.0.0.1', port: 9000, transport: 'udp' },
      { port: 9100, actions: { send_lf: '{text}\n' } },
      { url: 'http://127.0.0.1:9300' },
      { host: '127.0.0.1' },
      { password: '${env:AIR_PASSWORD}' },
      { url: 'http://127.0.0.1:8123', token: '${env:HOUSE_TOKEN}' },
    ],
  )
  t.notMatch(text, 'hunter2')
  t.match(why('connection air'), [/put it into AIR_PASSWORD/])
  t.same(why('connection switcher'), ['there is no adapter that stands for this module'])
})

void t.test('several actions with waits become a macro that goes on whatever fails', async (t) => {
  const wait = action('internal', 'wait', { time: { value: '1500', isExpression: true } })
  const { yaml } = await made(
    one(
      action('c1', 'send_blank', { path: '/a' }),
      wait,
      action('c1', 'send_blank', { path: '/b' }),
    ),
  )
  t.match(yaml, {
    pages: { 1: { '0/0': { text: 'GO', press: { run: 'page1_0_0' } } } },
    macros: {
      page1_0_0: {
        onFailure: 'continue',
        steps: [{ fire: 'desk', action: '/a' }, { wait: '1500ms' }, { fire: 'desk', action: '/b' }],
      },
    },
  })
})

void t.test('delays of versions before 6 are waits between actions', async (t) => {
  const old = (path: string, delay: number) => ({
    id: path,
    instance: 'c1',
    action: 'send_blank',
    options: { path },
    delay,
  })
  const export4 = (relativeDelay: boolean, ...delays: readonly number[]) => ({
    ...one(),
    version: 4,
    pages: {
      '1': {
        name: '',
        controls: {
          '0': {
            '0': {
              ...button(
                { text: '' },
                delays.map((delay, i) => old(`/${i}`, delay)),
              ),
              options: { relativeDelay },
            },
          },
        },
      },
    },
  })
  const steps = async (value: Json) => {
    const { yaml } = await made(value)
    const macros = yaml['macros'] as Record<string, { steps: JsonObject[] }>
    return macros['page1_0_0']?.steps.map((step) => step['wait'] ?? step['action'])
  }
  t.same(await steps(export4(true, 0, 100, 100)), ['/0', '100ms', '/1', '100ms', '/2'])
  t.same(await steps(export4(false, 0, 100, 150)), ['/0', '100ms', '/1', '50ms', '/2'])
})

void t.test(
  'each version of the format is read: 1 and 2 by button, 3 by bank, 4 by row',
  async (t) => {
    const press = {
      id: 'x',
      instance: 'c1',
      action: 'send_blank',
      options: { path: '/x' },
      delay: 0,
    }
    const style = { style: 'png', text: 'CUT', bgcolor: 0xff0000 }
    const byButton = (version: number) => ({
      version,
      type: 'page',
      page: { name: 'P' },
      config: { '1': style },
      actions: { '1': [press] },
      release_actions: {},
      feedbacks: {},
      instances: {
        c1: { instance_type: 'osc', label: 'desk', host: 'h', targetPort: 9000, id: 'c1' },
      },
    })
    const control = {
      type: 'button',
      style: { text: 'CUT', bgcolor: 0xff0000 },
      steps: { 0: { action_sets: { down: [press], up: [] } } },
    }
    const instances = {
      c1: { instance_type: 'generic-osc', label: 'desk', config: { host: 'h', targetPort: 9000 } },
    }
    const layered = {
      type: 'button-layered',
      options: {},
      style: {
        layers: [
          { type: 'canvas' },
          { type: 'box', color: { value: 0xff0000, isExpression: false } },
          { type: 'text', text: { value: 'CUT', isExpression: false } },
        ],
      },
      steps: {
        0: {
          action_sets: {
            down: [action('c1', 'send_blank', { path: { value: '/x', isExpression: false } })],
            up: [],
          },
        },
      },
    }
    const page = (version: number, one: Json) => ({
      version,
      type: 'page',
      oldPageNumber: 1,
      page: { name: 'P', controls: { '0': { '0': one } } },
      instances: {
        c1: { moduleId: 'generic-osc', label: 'desk', config: { host: 'h', targetPort: 9000 } },
      },
    })
    const all: readonly (readonly [string, string, Json])[] = [
      ['1', '0/1', byButton(1)],
      ['2', '0/0', byButton(2)],
      [
        '3',
        '0/0',
        {
          version: 3,
          type: 'page',
          page: {},
          oldPageNumber: 1,
          controls: { 'bank:1-1': control },
          instances,
        },
      ],
      ['4', '0/0', { ...page(4, control), instances }],
      ['16', '0/0', page(16, layered)],
    ]
    for (const [version, place, value] of all) {
      const { yaml } = await made(value)
      t.same(
        (yaml['pages'] as never)['1'],
        {
          [place]: {
            text: 'CUT',
            colour: '#ff0000',
            press: { fire: 'desk', action: '/x', args: [] },
          },
        },
        `version ${version}`,
      )
    }
  },
)

void t.test('gzipped, and as YAML, it is the same', async (t) => {
  const value = one(action('c1', 'send_blank', { path: '/go' }))
  const plain = await importCompanion(bytes(value), order)
  for (const form of [gzipSync(bytes(value)), Buffer.from(stringify(value))])
    t.equal((await importCompanion(form, order)).text, plain.text)
})

void t.test('a press of another button runs its macro, and a circle of them is cut', async (t) => {
  const press = (place: string) =>
    action('internal', 'button_pressrelease', { location_target: 'text', location_text: place })
  const go = action('c1', 'send_blank', { path: '/go' })
  const { config, why } = await made(
    studio({
      '0': {
        '0': button({ text: 'A' }, [go, press('1/0/1')]),
        '1': button({ text: 'B' }, [go, press('1/0/0')]),
        '2': button({ text: 'C' }, [press('1/0/3')]),
        '3': button({ text: 'D' }, [action('internal', 'set_page', { page: 2 })]),
      },
    }),
  )
  t.same([...config.macros.keys()], ['page1_0_0', 'page1_0_1'])
  t.match(why('macro page1_0_1'), ['it leads back to itself'])
  t.match(why('row 0, column 3 (D)'), ['pages are turned at the surface itself'])
  t.match(why('row/column 0/2'), ['nothing of what it presses is carried over'])
  t.equal(config.pages.get(1)?.get('0/2')?.press, null)
})

void t.test(
  'what holding does, what turning does and when a button is lit come along',
  async (t) => {
    const go = (path: string) => action('c1', 'send_blank', { path })
    const sets = {
      down: [],
      up: [go('/short')],
      '2000': [go('/long')],
      rotate_left: [go('/left')],
      rotate_right: [go('/right')],
    }
    const feedback = {
      type: 'feedback',
      connectionId: 'c5',
      definitionId: 'recording',
      options: {},
    }
    const { yaml } = await made(
      studio({
        '0': {
          '0': button({ text: 'H' }, [], {
            steps: { 0: { action_sets: sets } },
            feedbacks: [feedback],
          }),
        },
      }),
    )
    t.match((yaml['pages'] as never)['1']['0/0'], {
      press: { action: '/short' },
      hold: { after: '2000ms', do: { action: '/long' } },
      rotateLeft: { action: '/left' },
      rotateRight: { action: '/right' },
      lit: { device: 'air', path: 'recording', equals: true },
    })
  },
)

void t.test('pictures become files beside the config', async (t) => {
  const png64 = `data:image/png;base64,${Buffer.from('89504e47', 'hex').toString('base64')}`
  const value = studio({ '0': { '0': button({ text: '', png64 }, []) } })
  const { pictures, yaml } = await made(value)
  t.same([...pictures], [['pictures/page1_0_0.png', png64]])
  t.match(yaml, { pages: { 1: { '0/0': { image: 'pictures/page1_0_0.png' } } } })
  const { gaps } = await importCompanion(bytes(value), { ...order, pictureFolder: null })
  t.match(gaps.at(-1), { what: 'its picture', why: /--to/ })
})

void t.test(
  'what has no counterpart is said by its place, and nothing wrong is made of it',
  async (t) => {
    const { config, why, gaps, yaml } = await made(
      studio(
        {
          '0': {
            '0': button({ text: 'X' }, [
              action('c7', 'program', { input: 1 }),
              action('c1', 'send_int', { path: '/x', int: '$(internal:time_s)' }),
              action('c1', 'send_int', { path: '/x', int: { value: '1 + 1', isExpression: true } }),
              action('c3', 'get', { url: 'x', header: '{"Authorization":"Bearer abc"}' }),
              action('c4', 'noSuchFunction', {}),
              {
                ...action('internal', 'logic_if', {}),
                children: {
                  condition: [condition('internal', 'variable_value', { variable: 'internal:a' })],
                  actions: [action('c1', 'send_blank', { path: '/x' })],
                },
              },
            ]),
            '-1': button({ text: 'left of it' }, []),
          },
          '3': { '0': { type: 'button-reference' } },
        },
        {
          triggers: {
            t1: {
              type: 'trigger',
              options: { name: 'Evening', enabled: true },
              events: [
                {
                  id: 'e',
                  type: 'timeofday',
                  enabled: true,
                  options: { time: '20:00:00', days: [1, 2] },
                },
              ],
              condition: [],
              actions: [action('c1', 'send_blank', { path: '/evening' })],
            },
          },
          custom_variables: { a: { defaultValue: 1 } },
        },
      ),
    )
    t.match(why('row 0, column 0 (X)'), [
      'its connection is not carried over',
      /^its int is computed, or holds a variable/,
      /^its int is computed, or holds a variable/,
      /Authorization may hold a secret/,
      /no action "noSuchFunction"/,
      /depends on conditions.*the 1 actions in it are left out/,
    ])
    t.match(why('column -1'), [/go from 0 to 31/])
    t.match(why('row 3'), ['only buttons are carried over'])
    t.match(why('trigger Evening'), [/give the schedule a zone/])
    t.match(yaml['schedules'], { Evening: { cron: '0 0 20 * * 1,2', run: 'Evening' } })
    t.ok(config.macros.has('Evening' as never))
    t.match(gaps.at(-1), { place: 'the export', what: '1 custom variables' })
  },
)

const internal = (name: string, options: JsonObject, inside: readonly Json[] = []) => ({
  ...action('internal', name, options),
  children: { default: inside },
})

void t.test('a WebSocket, a MIDI port and machines that are woken come along, too', async (t) => {
  const instance = (label: string, instance_type: string, config: JsonObject) => ({
    label,
    instance_type,
    enabled: true,
    config,
  })
  const instances = {
    w: instance('scoreboard', 'generic-websocket', {
      url: 'ws://10.0.0.7:81/a',
      append_new_line: 'n',
    }),
    m: instance('synth', 'generic-midi', { inPortName: 'Keys', outPortName: 'Synth' }),
    l: instance('pcs', 'generic-wakeonlan', {}),
    s: instance('line', 'generic-tcp-serial', { sport: '/dev/ttyUSB0' }),
  }
  const cases: readonly (readonly [JsonObject, JsonObject])[] = [
    [
      action('w', 'send_command', { data: '{"home":1}' }),
      { fire: 'scoreboard', action: 'send', args: { text: '{"home":1}' } },
    ],
    [
      action('w', 'send_hex', { data: 'hex:80 07 0' }),
      { fire: 'scoreboard', action: 'send_hex', args: { bytes: '8007' } },
    ],
    [
      action('m', 'noteon', { channel: 10, note: 36, velocity: 100, relValue: false }),
      { fire: 'synth', action: 'note.on', args: { channel: 10, note: 36, velocity: 100 } },
    ],
    [
      action('m', 'noteon', { channel: 10, note: 36, velocity: 0 }),
      { fire: 'synth', action: 'raw', args: { bytes: [0x99, 36, 0] } },
    ],
    [
      action('m', 'program', { channel: 1, program: 128 }),
      { fire: 'synth', action: 'program', args: { channel: 1, program: 127 } },
    ],
    [
      action('m', 'pitch', { channel: 2, value: 8192 }),
      { fire: 'synth', action: 'pitch', args: { channel: 2, value: 0 } },
    ],
    [
      action('m', 'sysex', { bytes: '0xF0, 0x7F 127 6 2 247' }),
      { fire: 'synth', action: 'sysex', args: { bytes: [0xf0, 0x7f, 127, 6, 2, 247] } },
    ],
    [
      action('l', 'send_simple', { id_broadcast_mac: '00:11:22:AA:BB:CC' }),
      { fire: 'pcs', action: 'wake' },
    ],
    [
      action('l', 'send_advanced', {
        id_advanced_mac: '00-11-22-aa-bb-cd',
        id_address: '10.0.0.255',
        id_port: '7',
        id_count: '5',
        id_interval: '200',
      }),
      { fire: 'pcs_at2', action: 'wake' },
    ],
  ]
  const actions = cases.map(([given]) => given)
  const value = studio({ '0': { '0': button({ text: 'ALL' }, actions) } }, { instances })
  const { yaml, config, why, gaps } = await made(value)
  t.match((yaml['macros'] as never)['page1_0_0'], { steps: cases.map(([, expected]) => expected) })
  t.same(
    gaps.filter(({ place }) => place.startsWith('page')),
    [],
  )
  t.match(Object.fromEntries([...config.devices].map(([name, { options }]) => [name, options])), {
    scoreboard: { url: 'ws://10.0.0.7:81/a', actions: { send: '{text}\n' } },
    synth: { output: 'Synth', input: 'Keys' },
    pcs: { mac: '001122aabbcc', repeat: 1 },
    pcs_at2: { mac: '001122aabbcd', host: '10.0.0.255', port: 7, repeat: 5, everyMs: 200 },
  })
  t.match(why('connection line'), [/a device of protocol serial drives the line itself/])

  const not = await made(
    studio(
      {
        '0': {
          '0': button({ text: 'X' }, [
            action('m', 'cc', { channel: 1, controller: 7, value: 3, relValue: true }),
            action('m', 'cc', { channel: 1, controller: 7, value: 3, sendOverTime: true }),
            action('m', 'sysex', { bytes: '1 2 3' }),
            action('l', 'send_simple', { id_broadcast_mac: 'no' }),
          ]),
        },
      },
      { instances },
    ),
  )
  t.match(not.why('row 0'), [/by steps/, /over time/, /from F0 to F7/, /no MAC address/])
})

void t.test('a group that runs at once becomes branches, and one in a row does not', async (t) => {
  const go = (path: string) => action('c1', 'send_blank', { path })
  const wait = action('internal', 'wait', { time: 500 })
  const steps = async (mode: string) => {
    const group = internal('action_group', { execution_mode: mode }, [
      go('/a'),
      go('/b'),
      wait,
      go('/c'),
    ])
    const { yaml } = await made(one(group))
    return (yaml['macros'] as never)['page1_0_0']['steps'] as readonly JsonObject[]
  }
  t.match(await steps('concurrent'), [
    { together: [[{ action: '/a' }], [{ action: '/b' }]] },
    { wait: '500ms' },
    { action: '/c' },
  ])
  const group = internal('action_group', { execution_mode: 'concurrent' }, [go('/a'), go('/b')])
  t.match(
    (await made(one(group))).config.macros.get('page1_0_0' as never),
    { steps: [{ together: Array }] },
    'also where it is all that a press does',
  )
  t.match(await steps('sequential'), [
    { action: '/a' },
    { action: '/b' },
    { wait: '500ms' },
    { action: '/c' },
  ])
})

void t.test('a trigger keeps its conditions where devices report them, and its date', async (t) => {
  const trigger = (events: readonly Json[], condition: readonly Json[]) => ({
    type: 'trigger',
    options: { name: 'Evening', enabled: true },
    events,
    condition,
    actions: [action('c1', 'send_blank', { path: '/evening' })],
  })
  const event = (type: string, options: JsonObject) => ({ id: 'e', type, enabled: true, options })
  const records = {
    type: 'feedback',
    connectionId: 'c5',
    definitionId: 'recording',
    options: {},
  }
  const { yaml, why } = await made(
    studio(
      {},
      {
        triggers: {
          a: trigger([event('specificDate', { date: '2026-12-24', time: '18:00' })], []),
          b: trigger([event('interval', { seconds: 60 })], [records]),
          c: trigger([event('intervalRandom', {})], []),
        },
      },
    ),
  )
  t.match(yaml['schedules'], {
    Evening: { once: '2026-12-24T18:00:00Z', run: 'Evening' },
    Evening_2: { every: '60s', when: 'state("air", "recording") == true' },
  })
  t.match(why('trigger Evening'), [/taken as UTC/, /intervals here are even/])
})

const recording = condition('c5', 'recording')
const go = (path: string) => action('c1', 'send_blank', { path })
const ifAction = (children: JsonObject) => ({ ...action('internal', 'logic_if'), children })

/** The steps of the only macro. */
async function stepsMade(...actions: readonly Json[]) {
  const { yaml, gaps } = await made(one(...actions))
  const macros = yaml['macros'] as Readonly<Record<string, JsonObject>>
  return { steps: macros['page1_0_0']?.['steps'] as readonly JsonObject[] | undefined, gaps }
}

const records = 'state("air", "recording") == true'

void t.test('an if of Companion is one here, with its conditions as an expression', async (t) => {
  const streaming = condition('c5', 'streaming', {}, { isInverted: true })
  const scene = condition('c5', 'scene_active', { scene: 'Wide' }, { isInverted: true })
  const logic = (operation: string, more: JsonObject = {}) =>
    condition(
      'internal',
      'logic_operator',
      { operation },
      { children: { default: [recording, streaming] }, ...more },
    )
  const streams = 'state("air", "streaming") == false'
  for (const [conditions, wanted] of [
    [[recording], records],
    [[recording, scene], `(${records}) && (!(state("air", "program") == "Wide"))`],
    [[logic('or')], `(${records}) || (${streams})`],
    [[logic('and', { isInverted: true })], `!((${records}) && (${streams}))`],
    [[logic('xor')], `[(${records}), (${streams})].filter(x, x).size() == 1`],
    [[condition('internal', 'check_expression', { expression: ' true ' })], 'true'],
    // of nothing at all nothing holds, there
    [[], 'false'],
  ] as const) {
    const { steps, gaps } = await stepsMade(
      ifAction({ condition: conditions, actions: [go('/a')], else_actions: [go('/b')] }),
    )
    t.match(steps, [{ if: wanted, then: [{ action: '/a' }], else: [{ action: '/b' }] }])
    t.same(
      gaps.filter(({ place }) => place.startsWith('page')),
      [],
    )
  }
  const { steps } = await stepsMade(
    ifAction({ condition: [recording], actions: [], else_actions: [go('/b')] }),
  )
  t.match(steps, [{ if: `!(${records})`, then: [{ action: '/b' }] }])
})

void t.test(
  'a while of Companion is one here, also inside an if, and says where it ends',
  async (t) => {
    const loop = {
      ...action('internal', 'logic_while'),
      children: {
        condition: [recording],
        actions: [go('/tick'), action('internal', 'wait', { time: 1000 })],
      },
    }
    const { steps, gaps } = await stepsMade(ifAction({ condition: [recording], actions: [loop] }))
    t.match(steps, [
      { if: records, then: [{ while: records, steps: [{ action: '/tick' }, { wait: '1s' }] }] },
    ])
    t.match(
      gaps.filter(({ place }) => place.startsWith('page')),
      [{ what: /action 1 \(Companion: logic_if\), then, action 1/, why: /10,000 steps/ }],
    )
  },
)

void t.test(
  'a press inside an if that leads back to itself, or to nothing, is cut out',
  async (t) => {
    const press = (location: string) =>
      action('internal', 'button_pressrelease', {
        location_target: 'text',
        location_text: location,
      })
    const inIf = (...actions: readonly Json[]) => ifAction({ condition: [recording], actions })
    const { yaml, gaps } = await made(
      studio({
        '0': {
          '0': button({ text: 'A' }, [go('/a'), inIf(press('1/0/1'))]),
          '1': button({ text: 'B' }, [go('/b'), inIf(go('/c'), press('1/0/0'))]),
          '2': button({ text: 'C' }, [inIf(press('1/0/3')), go('/d')]),
          '3': button({ text: 'D' }, [action('c7', 'program', { input: 1 })]),
        },
      }),
    )
    const macros = yaml['macros'] as Readonly<Record<string, JsonObject>>
    t.match(macros['page1_0_0'], { steps: [{ action: '/a' }, { then: [{ run: 'page1_0_1' }] }] })
    t.match(macros['page1_0_1'], { steps: [{ action: '/b' }, { if: records }] })
    t.notMatch(JSON.stringify(macros['page1_0_1']), /"run"/)
    t.match(macros['page1_0_2'], { steps: [{ action: '/d' }] })
    t.notMatch(JSON.stringify(macros['page1_0_2']), /"(?:if|run)"/)
    t.ok(gaps.some(({ why }) => why === 'it leads back to itself'))
  },
)

void t.test('a trigger keeps conditions that are combined, too', async (t) => {
  const { yaml } = await made(
    studio(
      {},
      {
        triggers: {
          a: {
            type: 'trigger',
            options: { name: 'Evening', enabled: true },
            events: [{ id: 'e', type: 'interval', enabled: true, options: { seconds: 60 } }],
            condition: [
              condition(
                'internal',
                'logic_operator',
                { operation: { value: 'or', isExpression: false } },
                { children: { default: [recording, condition('c5', 'streaming')] } },
              ),
            ],
            actions: [go('/evening')],
          },
        },
      },
    ),
  )
  t.match(yaml['schedules'], {
    Evening: { when: `(${records}) || (state("air", "streaming") == true)` },
  })
})

void t.test('a generic connection that presses a Companion becomes that Companion', async (t) => {
  const instance = (label: string, module: string, config: JsonObject) => ({
    label,
    instance_type: module,
    enabled: true,
    config,
  })
  const instances = {
    h: instance('far', 'generic-http', { prefix: 'http://10.0.0.9:8000' }),
    o: instance('wide', 'generic-osc', { host: '10.0.0.9', targetPort: '12321', protocol: 'udp' }),
    l: instance('lines', 'generic-tcp-udp', { host: '10.0.0.9', port: '16759', prot: 'tcp' }),
    s: instance('safe', 'generic-http', { prefix: 'https://10.0.0.9' }),
  }
  const send = (text: string) => action('l', 'send', { id_send: text, id_end: '\n' })
  const { yaml } = await made(
    studio(
      {
        '0': {
          '0': button({ text: 'GO' }, [
            action('h', 'post', { url: '/api/location/1/0/3/press', body: '{}' }),
            action('o', 'send_blank', { path: '/location/2/1/0/down' }),
            action('o', 'send_string', { path: '/custom-variable/cue/value', string: 'Opening' }),
            action('o', 'send_blank', { path: '/other' }),
            send('location 1/0/0 press'),
            send('CUSTOM-VARIABLE cue SET-VALUE two words'),
            action('s', 'post', { url: '/api/location/1/0/3/press', body: '{}' }),
          ]),
        },
      },
      { instances },
    ),
  )
  const far = { protocol: 'companion', host: '10.0.0.9' }
  t.match(yaml['devices'], {
    far_companion: { ...far, transport: 'http', httpPort: 8000 },
    wide: { protocol: 'osc' },
    wide_companion: { ...far, transport: 'osc', oscPort: 12_321 },
    lines_companion: { ...far, transport: 'tcp', tcpPort: 16_759 },
    safe: { protocol: 'http' },
  })
  t.same(Object.keys(yaml['devices'] as JsonObject).length, 5, 'and nothing is left over')
  t.match((yaml['macros'] as never)['page1_0_0']['steps'], [
    { fire: 'far_companion', action: 'press', args: { location: '1/0/3' } },
    { fire: 'wide_companion', action: 'down', args: { location: '2/1/0' } },
    { fire: 'wide_companion', action: 'custom-variable', args: { name: 'cue', value: 'Opening' } },
    { fire: 'wide', action: '/other' },
    { fire: 'lines_companion', action: 'press', args: { location: '1/0/0' } },
    {
      fire: 'lines_companion',
      action: 'custom-variable',
      args: { name: 'cue', value: 'two words' },
    },
    { fire: 'safe', action: 'request' },
  ])
})

void t.test('the controls that turn pages do so here', async (t) => {
  const { yaml, why } = await made(
    studio({
      '0': { '0': { type: 'pageup' }, '1': { type: 'pagenum' }, '2': { type: 'pagedown' } },
    }),
  )
  t.match((yaml['pages'] as never)['1'], {
    '0/0': { page: 'next' },
    '0/1': { page: 1 },
    '0/2': { page: 'previous' },
  })
  t.same(why('page 1'), [])
})
