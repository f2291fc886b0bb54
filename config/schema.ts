import { Type, type Static, type TObject } from 'typebox'
import { scheduleForm, type ScheduleForm } from './schedule.ts'
import { triggerForm, type TriggerForm } from './trigger.ts'
import { controlForm } from './control.ts'
import { duration } from './duration.ts'
import type { IntentForm } from './form.ts'
import { macroForm, type MacroForm } from './macro.ts'
import { panelForm, reachKeys } from './panel.ts'
import { stepDefs } from './step.ts'
import { variableForm, type VariableForm } from './variables.ts'
import { witnessForm } from './witness.ts'
import { logForm } from './log.ts'
import { namedForm } from './named.ts'
import { profilesForm } from './profiles.ts'

/** 127.0.0.1:7700: INTERFACES of the console and the API. */
const httpHost = '127.0.0.1'
const httpPort = 7700

const closed = { additionalProperties: false } as const
const namePattern = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'
const nameRule = 'a name: a letter, then letters, digits, "-" or "_", at most 64'

const name = (description: string) =>
  Type.String({ pattern: namePattern, description, 'x-expected': nameRule })

const durability = Type.Optional(
  Type.Union([Type.Literal('durable'), Type.Literal('live')], {
    description:
      'How safe an intent is before it acts: durable survives power loss, live the death of the hub. Default: durable.',
  }),
)
const expiresIn = Type.Optional(
  duration('Refuse what could not be delivered this long after it was asked for.', undefined, 1),
)

const httpForm = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      default: httpHost,
      description:
        'The address to listen on. Any other than loopback needs tls, or insecure: true, and then a token.',
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: httpPort,
      description: 'The port of the console and the API; 0: any free one.',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          certFile: Type.String({ minLength: 1, description: 'The certificate, a PEM file.' }),
          keyFile: Type.String({ minLength: 1, description: 'Its private key, a PEM file.' }),
        },
        { ...closed, description: 'Serve HTTPS with this certificate.' },
      ),
    ),
    insecure: Type.Boolean({
      default: false,
      description: 'Allow an address other than loopback without tls: tokens are then readable.',
    }),
  },
  { ...closed, default: {}, description: 'The console and the API.' },
)

const deliveryForm = Type.Object(
  {
    attempts: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 3,
      description: 'How often to try in all.',
    }),
    backoff: duration('The wait before the second try; it doubles with each further one.', '1s'),
    backoffCap: duration('The longest wait between two tries.', '10s'),
    timeout: duration('The deadline of one try.', '2s', 1),
    fireDeadline: duration('From acceptance to the end of the last try: a fire.', '10s', 1),
    setDeadline: duration('The same for a set, which waits for a device.', '30s', 1),
  },
  { ...closed, default: {}, description: 'How delivery to this device is tried.' },
)

/** A service that answers after seconds and may be away for minutes: longer than for a device in the room. */
const slowForm = Type.Object(
  {
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 1,
      description: 'How many attempts may be under way at once; with 1 they go in order.',
    }),
    rate: Type.Optional(
      Type.Object(
        {
          most: Type.Integer({ minimum: 1, maximum: 1000, description: 'So many attempts …' }),
          per: duration('… in any time of this length.', '1s', 1),
        },
        { ...closed, description: 'What the service allows; default: no limit.' },
      ),
    ),
    attempts: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 5,
      description: 'How often to try in all.',
    }),
    backoff: duration('The wait before the second try; it doubles with each further one.', '2s'),
    backoffCap: duration('The longest wait between two tries.', '1m'),
    timeout: duration('The deadline of one try, from its begin.', '30s', 1),
    fireDeadline: duration('From acceptance to the end of the last wait: a fire.', '10m', 1),
    setDeadline: duration('The same for a set.', '1h', 1),
  },
  {
    ...closed,
    default: {},
    description: 'How slow actions of this device are tried, and how fast.',
  },
)

const slowLaneForm = Type.Object(
  {
    redis: Type.String({
      pattern: '^(rediss?://.+|.*\\$\\{(env|file):[^}]+\\}.*)$',
      maxLength: 2000,
      description: 'The server: redis://HOST:PORT, rediss:// with TLS, or a reference to its URL.',
      'x-expected': 'a URL such as redis://127.0.0.1:6379, or a reference such as ${env:REDIS_URL}',
    }),
  },
  {
    ...closed,
    description: 'Slow jobs go through this Redis to infra worker; default: the hub does them.',
  },
)

/** What of it the journal only commits to. */
const personal = Type.Optional(
  Type.Union(
    [
      Type.Literal(true),
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 200 }),
    ],
    {
      description:
        'Personal: true for all of its arguments or its value, or the names of those that are. The journal only commits to it, and it can be erased.',
      'x-expected': 'true, or names of arguments such as [text]',
    },
  ),
)

const ruleForm = Type.Object(
  { durability, expiresIn, personal },
  { ...closed, description: 'What holds for this action or path only.' },
)

/** A device's keys that are not its adapter's. They win over an adapter's key of the same name. */
export const deviceKeys = {
  durability,
  rules: Type.Record(Type.String(), ruleForm, {
    default: {},
    description: 'By action or path: a durability or an expiry of its own.',
  }),
  delivery: deliveryForm,
  hub: Type.Optional(
    Type.String({
      pattern: namePattern,
      description: 'The hub that acts for it while that hub is alive; any other does otherwise.',
    }),
  ),
  pinned: Type.Boolean({
    default: false,
    description: 'No hub but that one can: the device is plugged into its machine.',
  }),
  lane: Type.Union([Type.Literal('quick'), Type.Literal('slow')], {
    default: 'quick',
    description: 'slow: all of it takes seconds, costs money or is limited in rate.',
  }),
  slow: slowForm,
}
/** The same for a surface. */
export const surfaceKeys = {
  durability,
  expiresIn,
  ...reachKeys,
  panel: Type.Unsafe<Static<typeof panelForm>>({
    ...panelForm,
    default: {},
    description: 'Every panel that joins here, but for what panels says of one.',
  }),
  panels: Type.Record(Type.String(), panelForm, {
    default: {},
    description: 'One panel by its identity, a serial number or a name.',
  }),
}

/** The panel, `type: web`, has no keys and no folder: it is served by the hub's own HTTP server. */
export const panelOptions: TObject = Type.Object({})

/** A mapping by names of the user's own. */
function byName<T>(rule: object, description: string) {
  return Type.Unsafe<Readonly<Record<string, T>>>({
    type: 'object',
    patternProperties: { [namePattern]: rule },
    additionalProperties: false,
    'x-keys': nameRule,
    default: {},
    description,
  })
}

/** One branch for each kind, told apart by `key`: the adapter of a device, the type of a surface. */
function byKind(key: string, kinds: ReadonlyMap<string, TObject>, keys: TObject['properties']) {
  const branches = Array.from(kinds, ([kind, options]) =>
    Type.Object(
      {
        [key]: Type.Literal(kind, { description: `The ${key}: ${kind}.` }),
        ...options.properties,
        ...keys,
      },
      closed,
    ),
  )
  return Type.Union(branches)
}

type DeviceForm = Static<TObject<typeof deviceKeys>> & { readonly protocol: string }
type SurfaceForm = Static<TObject<typeof surfaceKeys>> & { readonly type: string }

/** The schema of the whole file, for these adapters and surfaces. */
export function fileSchema(
  adapters: ReadonlyMap<string, TObject>,
  surfaces: ReadonlyMap<string, TObject>,
) {
  return Type.Object(
    {
      site: name('The name of the site: one log, one order of events.'),
      hub: Type.Optional(name('The name of this process; default: the host’s name.')),
      log: logForm,
      http: httpForm,
      announce: Type.Boolean({
        default: true,
        description:
          'Whether what listens beyond loopback is announced on the network (mDNS), so that programs find it.',
      }),
      slowLane: Type.Optional(slowLaneForm),
      witness: witnessForm,
      devices: byName<DeviceForm>(
        byKind('protocol', adapters, deviceKeys),
        'What the hub drives, by name; protocol chooses the adapter.',
      ),
      surfaces: byName<SurfaceForm>(
        byKind('type', surfaces, surfaceKeys),
        'Ways in, by name; type chooses the kind.',
      ),
      intents: byName<readonly IntentForm[]>(
        namedForm,
        'Intents with a name of their own, for { do: NAME }.',
      ),
      pages: Type.Unsafe<PagesForm>({
        type: 'object',
        patternProperties: { '^[1-9][0-9]{0,3}$': pageRule },
        additionalProperties: false,
        'x-keys': 'a page number from 1 to 9999',
        default: {},
        description: 'The grid: pages from 1, and on each page its controls by row/column.',
      }),
      macros: byName<MacroForm>(macroForm, 'Sequences of steps, by name.'),
      variables: Type.Unsafe<Readonly<Record<string, VariableForm>>>({
        type: 'object',
        patternProperties: { '^[A-Za-z_][A-Za-z0-9_]{0,63}$': variableForm },
        additionalProperties: false,
        'x-keys': 'a name of letters, digits and "_"',
        default: {},
        description: 'What macros and surfaces keep, by name: { set: site, path: NAME, value }.',
      }),
      triggers: byName<TriggerForm>(triggerForm, 'What starts a macro when something happens.'),
      schedules: byName<ScheduleForm>(scheduleForm, 'What starts a macro at its time.'),
      profiles: profilesForm,
    },
    { ...closed, description: 'The config of an InfraFabric hub.', $defs: stepDefs },
  )
}
export type FileForm = Static<ReturnType<typeof fileSchema>>

type PagesForm = Readonly<Record<string, Readonly<Record<string, Static<typeof controlForm>>>>>

const cell = '(?:[0-9]|[12][0-9]|3[01])'
const pageRule = {
  type: 'object',
  patternProperties: { [`^${cell}/${cell}$`]: controlForm },
  additionalProperties: false,
  'x-keys': 'a place ROW/COLUMN, each from 0 to 31',
  default: {},
  description: 'The controls of a page, by row/column, each from 0 to 31.',
}
