import { type Static, Type } from 'typebox'

/** What is reported of an entity beside its state where the config does not say otherwise. */
const usualAttributes = [
  'friendly_name',
  'brightness',
  'color_temp_kelvin',
  'rgb_color',
  'effect',
  'current_position',
  'current_tilt_position',
  'temperature',
  'current_temperature',
  'target_temp_low',
  'target_temp_high',
  'humidity',
  'hvac_action',
  'fan_mode',
  'preset_mode',
  'swing_mode',
  'percentage',
  'oscillating',
  'direction',
  'volume_level',
  'is_volume_muted',
  'source',
  'sound_mode',
  'shuffle',
  'repeat',
  'media_title',
  'media_artist',
  'unit_of_measurement',
]

const picture = Type.Object(
  {
    entity: Type.String({
      pattern: '^(camera|image)\\.[a-z0-9_]+$',
      maxLength: 255,
      description: 'The camera: camera.door',
    }),
    everyMs: Type.Integer({
      minimum: 200,
      maximum: 3_600_000,
      default: 1000,
      description: 'How long after one picture the next is fetched. ms',
    }),
    width: Type.Integer({
      minimum: 16,
      maximum: 1920,
      default: 320,
      description: 'Asked for; cameras that cannot scale send what they have. Pixels',
    }),
    height: Type.Integer({ minimum: 16, maximum: 1080, default: 180, description: 'Pixels' }),
  },
  { additionalProperties: false },
)

export const options = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      default: 'homeassistant.local',
      description: 'Where Home Assistant runs',
    }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 8123, description: 'Its port' }),
    tls: Type.Boolean({ default: false, description: 'true: https and wss' }),
    url: Type.Optional(
      Type.String({
        pattern: '^https?://',
        maxLength: 2000,
        description: 'Instead of host, port and tls: https://ha.example.org',
      }),
    ),
    token: Type.String({
      minLength: 1,
      maxLength: 4096,
      pattern: '^[!-~]+$',
      description: 'A long-lived access token: in Home Assistant, your profile, Security',
      'x-secret': true,
    }),
    verifyTls: Type.Boolean({
      default: true,
      description: 'false accepts any certificate: for one that signed its own',
    }),
    entities: Type.Array(Type.String({ pattern: '^[a-z0-9_.*]+$', maxLength: 255 }), {
      default: ['*'],
      maxItems: 500,
      description: 'Which entities are reported: light.key, light.*, *.studio_*',
    }),
    attributes: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      default: usualAttributes,
      maxItems: 500,
      description: 'Which of their attributes are reported beside the state; ["*"] for all',
    }),
    pictures: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), picture, {
      default: {},
      maxProperties: 32,
      'x-pictures': true,
      description: 'Pictures for the faces of buttons, by name',
    }),
    notify: Type.String({
      pattern: '^notify\\.[a-z0-9_]+$',
      default: 'notify.notify',
      description: 'Where message.send goes that names nobody: a notify service or entity',
    }),
    confirmMs: Type.Integer({
      minimum: 50,
      maximum: 600_000,
      default: 3000,
      description: 'How long a state may take to follow an answered call, beside transitions. ms',
    }),
    replyMs: Type.Integer({
      minimum: 50,
      maximum: 60_000,
      default: 5000,
      description: "How long the link's own requests may take, service calls excepted. ms",
    }),
    pingMs: Type.Integer({
      minimum: 100,
      maximum: 600_000,
      default: 10_000,
      description: 'How often Home Assistant is asked for a sign of life. ms',
    }),
    tokenRetryMs: Type.Integer({
      minimum: 100,
      maximum: 86_400_000,
      default: 60_000,
      description:
        'How soon a refused token is tried again: Home Assistant may ban who insists. ms',
    }),
  },
  { additionalProperties: false },
)

export type HaOptions = Static<typeof options>

/** Where a Home Assistant is reached. */
export interface Place {
  /** For people: scheme, host and port, no secret. */
  readonly name: string
  readonly origin: string
  /** The path of the config's url, without a slash at its end. */
  readonly prefix: string
  /** Of the WebSocket API. */
  readonly socket: string
}

const places = new WeakMap<HaOptions, Place | null>()

/** The place the options mean, looked at once per options object; null where the url is none. */
export function placeOf(options: HaOptions): Place | null {
  const known = places.get(options)
  if (known !== undefined) return known
  const place = placeIn(options)
  places.set(options, place)
  return place
}

function placeIn({ host, port, tls, url }: HaOptions): Place | null {
  const bare = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const text = url ?? `${tls ? 'https' : 'http'}://${bare}:${port}`
  if (!URL.canParse(text)) return null
  const { origin, pathname, protocol, host: at } = new URL(text)
  const prefix = pathname.replace(/\/$/, '')
  const scheme = protocol === 'https:' ? 'wss' : 'ws'
  return { name: origin, origin, prefix, socket: `${scheme}://${at}${prefix}/api/websocket` }
}
