import { Type, type Static } from 'typebox'

// What clients may send. These schemas validate, and the OpenAPI document shows the same ones.

const closed = { additionalProperties: false }
const name = (description: string) => Type.String({ minLength: 1, maxLength: 64, description })
const json = (description: string) => Type.Unknown({ description })

/** A month: longer than any show is planned ahead, short enough to be a number of milliseconds and no mistake. */
const maxExpiryMs = 31 * 86_400_000

/** 120 s: proxies and browsers give up soon after. */
const maxWaitMs = 120_000
/** 60 s: longer than every default deadline of a `fire`. */
export const defaultWaitMs = 60_000

export const IntentRequest = Type.Union([
  Type.Object(
    {
      verb: Type.Literal('set'),
      device: name('A device of the config'),
      path: Type.String({ minLength: 1, maxLength: 1024 }),
      value: json('Any JSON value; the last one wins'),
    },
    { ...closed, description: 'Lasting: sent again after a reconnect' },
  ),
  Type.Object(
    {
      verb: Type.Literal('fire'),
      device: name('A device of the config'),
      action: Type.String({ minLength: 1, maxLength: 1024 }),
      args: Type.Optional(json('What the action takes; null if left out')),
    },
    { ...closed, description: 'Momentary: never repeated once it may have left' },
  ),
  Type.Object(
    {
      verb: Type.Literal('do'),
      name: Type.String({ minLength: 1, maxLength: 128 }),
      args: Type.Optional(json('What the named intent takes; null if left out')),
    },
    { ...closed, description: 'A named intent of the config, or a standard one' },
  ),
  Type.Object(
    {
      verb: Type.Literal('run'),
      macro: name('A macro of the config'),
      args: Type.Optional(json('null if left out')),
    },
    { ...closed, description: 'Starts a macro' },
  ),
  Type.Object(
    { verb: Type.Literal('cancel'), run: Type.String({ minLength: 1, maxLength: 64 }) },
    { ...closed, description: 'Stops a run of a macro' },
  ),
  Type.Object(
    { verb: Type.Literal('hold'), on: Type.Boolean() },
    { ...closed, description: 'The panic stop' },
  ),
])
export type IntentRequest = Static<typeof IntentRequest>

/** What every submission may carry beside its intent. */
export const submissionFields = {
  id: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
      description: 'Your own UUIDv7, lower case: the same id twice is one intent',
    }),
  ),
  trace: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'Correlation id, carried along' }),
  ),
  expiresInMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: maxExpiryMs,
      description: 'Refuse rather than send later than this, from now',
    }),
  ),
}

const waitFields = {
  wait: Type.Optional(
    Type.Enum(['accepted', 'outcome'], {
      description: 'Answer once it is recorded (default), or once it has ended',
    }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: maxWaitMs,
      description: `How long wait=outcome waits; default ${defaultWaitMs}`,
    }),
  ),
}

export const operatorField = {
  operator: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      description: 'Whose hand it is, for the record',
    }),
  ),
}

export const SubmitBody = Type.Object(
  { ...submissionFields, intent: IntentRequest, ...waitFields, ...operatorField },
  closed,
)
export type SubmitBody = Static<typeof SubmitBody>

export const GestureBody = Type.Object(
  { ...submissionFields, ...waitFields, ...operatorField },
  closed,
)
export type GestureBody = Static<typeof GestureBody>

export const gestures = ['press', 'down', 'up', 'rotate-left', 'rotate-right'] as const

/** Coordinates are bounded only so that they are whole numbers; the config says which exist. */
export const placeFields = {
  page: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From 1' }),
  row: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From 0' }),
  col: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From 0' }),
}

export const PlaceParams = Type.Object(placeFields)
export type PlaceParams = Static<typeof PlaceParams>

export const GestureParams = Type.Object({ ...placeFields, gesture: Type.Enum([...gestures]) })
export type GestureParams = Static<typeof GestureParams>

const position = Type.String({ minLength: 1, maxLength: 64 })

export const IntentsQuery = Type.Object(
  {
    actor: Type.Optional(
      Type.String({ maxLength: 200, description: '`operator:anna`, or the part after the colon' }),
    ),
    device: Type.Optional(Type.String({ maxLength: 64 })),
    outcome: Type.Optional(
      Type.Enum([
        'open',
        'confirmed',
        'sent',
        'refused',
        'expired',
        'failed',
        'cancelled',
        'unknown',
      ]),
    ),
    control: Type.Optional(Type.String({ maxLength: 32, description: '`page/row/col`' })),
    after: Type.Optional(position),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'Newest first; default 100' }),
    ),
  },
  closed,
)
export type IntentsQuery = Static<typeof IntentsQuery>

export const EventsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'A position; `start` for the whole journal; from now if left out',
      }),
    ),
  },
  closed,
)
export type EventsQuery = Static<typeof EventsQuery>

export const ReplayQuery = Type.Object(
  {
    to: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'A position, an ISO 8601 time or milliseconds since 1970; now if left out',
      }),
    ),
  },
  closed,
)
export type ReplayQuery = Static<typeof ReplayQuery>

export const DeviceBody = Type.Object(
  {
    name: name('The new device: a letter, then letters, digits, _ or -'),
    protocol: name('Which adapter drives it'),
  },
  { additionalProperties: true, description: 'The device as it stands in the config' },
)
export type DeviceBody = Static<typeof DeviceBody>

export const DeviceParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) })
export type DeviceParams = Static<typeof DeviceParams>

export const IntentParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
export type IntentParams = Static<typeof IntentParams>

export const SessionBody = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200 }) },
  closed,
)
export type SessionBody = Static<typeof SessionBody>
