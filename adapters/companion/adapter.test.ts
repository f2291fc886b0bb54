import t from 'tap'
import { encode } from '../../wire/osc-encode.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { adapter } from './adapter.ts'
import type { CompanionCommand } from './command.ts'
import { httpForm, lineForm, oscForm } from './forms.ts'
import type { CompanionOptions } from './options.ts'
import { valueOf } from './reading.ts'

const device = 'companion' as DeviceId // any name will do
const base: CompanionOptions = {
  host: '10.0.0.9',
  transport: 'http',
  fallback: [],
  httpPort: 8000,
  oscPort: 12_321,
  tcpPort: 16_759,
  udpPort: 16_759,
  watch: [],
  pollMs: 1000,
}

function plan(action: string, args: Json, options = base) {
  return adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
}

function planSet(path: string, value: Json, options = base) {
  return adapter.plan({ verb: 'set', device, path, value }, options, new Map())
}

/** The command of an action that can be said in some way. */
function command(action: string, args: Json): CompanionCommand {
  for (const transport of ['http', 'tcp'] as const) {
    const planned = plan(action, args, { ...base, transport })
    if (planned.ok) return planned.command
  }
  throw new Error(`${action} cannot be planned`)
}

/** What goes out, by way: the request, the OSC datagrams' address and values, the lines; null: it cannot. */
function said(action: string, args: Json) {
  const is = command(action, args)
  const http = httpForm(is)
  return {
    http: http && [http.method, http.path, ...(http.json === null ? [] : [http.json])].join(' '),
    osc: oscForm(is)?.map(({ address, args }) => [address, ...args.map((a) => a.value)]) ?? null,
    line: lineForm(is),
  }
}

// the syntax is that of the manual of Companion 5.0, chapters "HTTP Remote Control", "OSC Control" and "TCP / UDP Control"
void t.test('each command has the exact words of each of the four ways', async (t) => {
  const location = '1/0/2'
  for (const gesture of ['press', 'down', 'up', 'rotate-left', 'rotate-right'])
    t.strictSame(said(gesture, { location }), {
      http: `POST /api/location/1/0/2/${gesture}`,
      osc: [[`/location/1/0/2/${gesture}`]],
      line: [`LOCATION 1/0/2 ${gesture.toUpperCase()}`],
    })
  t.strictSame(said('step', { location, step: 2 }), {
    http: 'POST /api/location/1/0/2/step?step=2',
    osc: [['/location/1/0/2/step', 2]],
    line: ['LOCATION 1/0/2 SET-STEP 2'],
  })
  t.strictSame(
    said('style', { location, text: 'ON AIR', bgcolor: '#ff0000', color: 'rgb(0,0,0)' }),
    {
      http: 'POST /api/location/1/0/2/style {"text":"ON AIR","bgcolor":"#ff0000","color":"rgb(0,0,0)"}',
      osc: [
        ['/location/1/0/2/style/text', 'ON AIR'],
        ['/location/1/0/2/style/color', 'rgb(0,0,0)'],
        ['/location/1/0/2/style/bgcolor', '#ff0000'],
      ],
      line: [
        'LOCATION 1/0/2 STYLE TEXT ON AIR',
        'LOCATION 1/0/2 STYLE COLOR rgb(0,0,0)',
        'LOCATION 1/0/2 STYLE BGCOLOR #ff0000',
      ],
    },
  )
  t.strictSame(said('style', { location, text: '' }).line, ['LOCATION 1/0/2 STYLE TEXT'])
  t.strictSame(said('style', { location, size: 'auto' }), {
    http: 'POST /api/location/1/0/2/style {"size":"auto"}',
    osc: null,
    line: null,
  })
  t.strictSame(said('custom-variable', { name: 'cue', value: 'intro 2' }), {
    http: 'POST /api/custom-variable/cue/value "intro 2"',
    osc: [['/custom-variable/cue/value', 'intro 2']],
    line: ['CUSTOM-VARIABLE cue SET-VALUE intro 2'],
  })
  t.strictSame(said('custom-variable', { name: 'cue', value: { a: [1] } }), {
    http: 'POST /api/custom-variable/cue/value {"a":[1]}',
    osc: null,
    line: null,
  })
  t.strictSame(said('rescan', {}), {
    http: 'POST /api/surfaces/rescan',
    osc: [['/surfaces/rescan']],
    line: ['SURFACES RESCAN'],
  })
  t.strictSame(said('page-set', { surface: 'emulator', page: 23 }).line, [
    'SURFACE emulator PAGE-SET 23',
  ])
  t.strictSame(said('page-up', { surface: 'emulator' }).line, ['SURFACE emulator PAGE-UP'])
  t.strictSame(said('page-down', 'emulator').line, ['SURFACE emulator PAGE-DOWN'])
  t.strictSame(said('connection-enable', { id: 'abc123' }), {
    http: 'POST /api/connections/abc123/enable',
    osc: null,
    line: null,
  })
  t.strictSame(
    said('read', 'variable/internal/time_hms').http,
    'GET /api/variable/internal/time_hms/value',
  )
  t.strictSame(said('read', 'custom-variable/cue').http, 'GET /api/custom-variable/cue/value')
  t.strictSame(said('read', 'connection/abc').http, 'GET /api/connections/abc/status')
  t.strictSame(said('line', 'BANK-PRESS 1 2').line, ['BANK-PRESS 1 2'])
})

void t.test(
  'over OSC the bytes are those of the address, and a number keeps its value',
  async (t) => {
    const [press] = oscForm(command('press', '1/0/5')) ?? []
    // OSC 1.0: the address with its NULs up to a multiple of four, then a comma with three
    const wanted = '/location/1/0/5/press\0\0\0,\0\0\0'
    t.equal(press && encode(press.address, press.args).toString('latin1'), wanted)
    const arg = (value: Json) => oscForm({ type: 'write', name: 'x', value })?.[0]?.args[0]
    t.strictSame(arg(7), { type: 'i', value: 7 })
    t.strictSame(arg(0.1), { type: 'd', value: 0.1 }, 'as float32 it would be another number')
    t.strictSame(arg(2 ** 40), { type: 'd', value: 2 ** 40 })
    t.strictSame(arg(true), { type: 'T', value: true })
  },
)

void t.test('a control is named by page/row/column, and by nothing else', async (t) => {
  for (const location of ['1/0/0', '99/3/7', '1/-1/-2'])
    t.match(plan('press', { location }), { ok: true }, location)
  for (const location of [
    '',
    '0/0/0',
    '1/0',
    '1/0/0/0',
    '1/a/0',
    '1/0/0 ',
    '01/0/0',
    '../../x',
    1,
    null,
  ])
    t.match(plan('press', { location }), {
      failure: { code: 'malformed', detail: /"location": expected page\/row\/column/ },
    })
  t.match(plan('press', {}), {
    failure: { detail: 'argument "location" is missing: it takes location' },
  })
})

void t.test('a wrong argument is refused by its name before anything is sent', async (t) => {
  const why = (action: string, args: Json, options = base) => {
    const planned = plan(action, args, options)
    return planned.ok ? 'no failure' : planned.failure.detail
  }
  const location = '1/0/0'
  t.match(why('step', { location, step: 0 }), /"step": expected a step from 1 on/)
  t.match(why('style', { location }), /nothing to change: it takes text, color, bgcolor, size/)
  t.match(why('style', { text: 'x' }), /"location" is missing/)
  t.match(why('style', { location, color: 'reddish' }), /"color": expected a colour/)
  t.match(why('style', { location, size: 0 }), /"size": expected a size/)
  t.match(why('style', { location, font: 1 }), /"font" is not known: it takes location, text/)
  t.match(why('custom-variable', { name: 'a b', value: 1 }), /"name": expected a name of letters/)
  t.match(why('custom-variable', ['cue', 'x'.repeat(50_000)]), /"value": at most/)
  t.match(why('read', 'variable/internal/../x'), /"path": expected custom-variable\/<name>/)
  t.match(why('page-set', { surface: 'a/b', page: 1 }), /"surface": expected the id/)
  t.match(why('rescan', { all: true }), /"all" is not known: it takes none/)
  t.match(why('constructor', {}), /no action "constructor"/)
  t.match(why('line', 'LOCATION 1/0/0 PRESS\nLOCATION 1/0/1 PRESS'), /"text": expected one line/)
})

void t.test('what a way cannot say is refused with the ways that can', async (t) => {
  const over = (transport: CompanionOptions['transport'], action: string, args: Json) => {
    const planned = plan(action, args, { ...base, transport })
    return planned.ok ? 'no failure' : planned.failure.detail
  }
  t.match(over('osc', 'style', { location: '1/0/0', size: 14 }), /by http only.*reached by osc/)
  t.match(over('http', 'page-up', 'emulator'), /by tcp, udp only/)
  t.match(over('tcp', 'custom-variable', ['x', 'two\nlines']), /by http, osc only/)
  t.match(over('tcp', 'custom-variable', ['x', ' blank']), /by http, osc only/)
  t.match(over('tcp', 'custom-variable', ['x', '']), /by http, osc only/, 'the line needs a value')
  // Companion would take each of them for no value at all
  for (const value of [null, [], {}] as const)
    t.match(over('http', 'custom-variable', { name: 'x', value }), /by no way/)
  const both = { ...base, fallback: ['tcp' as const] }
  t.match(plan('page-up', 'emulator', both), { ok: true }, 'another of its ways may')
})

void t.test(
  'lasting values have paths, and pages are not turned again by themselves',
  async (t) => {
    t.match(planSet('custom-variable/cue', 7), {
      command: { type: 'write', name: 'cue', value: 7 },
    })
    t.match(planSet('location/1/0/2/bgcolor', '#00ff00'), {
      command: { type: 'style', location: '1/0/2', style: { bgcolor: '#00ff00' } },
    })
    const tcp = { ...base, transport: 'tcp' as const }
    t.match(planSet('surface/streamdeck:CL1/page', 3, tcp), {
      command: { type: 'page', surface: 'streamdeck:CL1', page: 3 },
    })
    t.match(planSet('custom-variable/a b', 7), { failure: { code: 'malformed' } })
    t.match(planSet('location/1/0/2/font', 1), { failure: { detail: /expected location\// } })
    t.match(planSet('location/1/0/2/bgcolor', 'x'), { failure: { detail: /expected a colour/ } })
    t.match(planSet('surface/x', 1, tcp), { failure: { detail: /surface\/<id>\/page/ } })
    t.match(planSet('custom', 1), { failure: { code: 'not-found', detail: /custom-variable\/\*/ } })
    const lasting = new Map<string, Json>([
      ['custom-variable/cue', 1],
      ['surface/x/page', 2],
      ['location/1/0/0/text', 'x'],
    ])
    t.strictSame(adapter.resync(lasting, new Map()), ['custom-variable/cue', 'location/1/0/0/text'])
  },
)

void t.test('only where nothing is awaited are many under way', async (t) => {
  t.equal(adapter.pipeline(base), 1)
  t.equal(adapter.pipeline({ ...base, transport: 'osc', fallback: ['udp'] }), 256)
  t.equal(adapter.pipeline({ ...base, transport: 'osc', fallback: ['tcp'] }), 1)
})

void t.test('a dry run shows the way that would be taken', async (t) => {
  const shown = (action: string, args: Json, more: Partial<CompanionOptions>) =>
    adapter.preview?.(command(action, args), { ...base, ...more })
  t.match(shown('press', '1/0/0', {}), {
    to: 'http 10.0.0.9:8000',
    text: 'POST /api/location/1/0/0/press',
  })
  const udp = shown('press', '1/0/0', { transport: 'udp' })
  t.equal(Buffer.from(udp?.bytes ?? []).toString(), 'LOCATION 1/0/0 PRESS\n')
  t.match(shown('page-up', 'emulator', { fallback: ['osc', 'tcp'] }), { to: 'tcp 10.0.0.9:16759' })
  t.match(
    shown('style', { location: '1/0/0', text: 'a', color: '#ffffff' }, { transport: 'osc' }),
    {
      text: '/location/1/0/0/style/text "a"\n/location/1/0/0/style/color "#ffffff"',
      bytes: null,
    },
  )
})

void t.test('a value is read as Companion writes it', async (t) => {
  const read = (contentType: string, text: string) =>
    valueOf({ type: 'answer', status: 200, app: '', contentType, text })
  t.equal(read('text/html; charset=utf-8', 'ON AIR'), 'ON AIR')
  t.equal(read('text/html; charset=utf-8', '7'), 7, 'it writes both alike')
  t.equal(read('text/html; charset=utf-8', '007'), '007')
  t.equal(read('text/html; charset=utf-8', ''), '')
  t.strictSame(read('application/json; charset=utf-8', '{"a":1}'), { a: 1 })
  t.equal(read('application/json; charset=utf-8', 'true'), true)
  t.equal(read('application/json', '{"a"'), undefined)
})

void t.test('a Companion that announces itself is found, and what is none is not', async (t) => {
  const found = { name: 'Companion (studio)', host: '10.0.0.9', port: 16_622 }
  const txt = new Map([
    ['id', 'm1'],
    ['version', '5.0.3'],
    ['protocolversion', '1.12.0'],
  ])
  t.equal(adapter.discovery?.service, 'companion-satellite-tcp')
  t.strictSame(adapter.discovery?.optionsOf({ ...found, txt }), { host: '10.0.0.9' })
  t.equal(adapter.discovery?.optionsOf({ ...found, txt: new Map() }), null)
})
