import { Type, type TSchema } from 'typebox'
import { alignments } from '../../../intents/look.ts'
import { Instant, OutcomeName } from './intent-view.ts'
import { FaceRunSchema } from './run-view.ts'

// What the API answers about the site, as JSON Schema; console.ts says what each field means.

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const json = Type.Unknown()
const list = <S extends TSchema>(key: string, item: S) => Type.Object({ [key]: Type.Array(item) })

const DeviceView = Type.Object({
  id: Type.String(),
  protocol: Type.String(),
  link: Type.Object({
    up: nullable(Type.Boolean()),
    detail: Type.String(),
    at: nullable(Instant),
  }),
  desired: Type.Record(
    Type.String(),
    Type.Object({ value: json, intent: Type.String(), at: Instant, outcome: OutcomeName }),
  ),
  reported: Type.Record(Type.String(), Type.Object({ value: json, at: Instant })),
  open: Type.Integer(),
  delivered: Type.Integer(),
  failed: Type.Integer(),
})

const PictureView = Type.Object({
  device: Type.String(),
  name: Type.String(),
  state: Type.Enum(['live', 'none', 'elsewhere']),
  tag: nullable(Type.String()),
  detail: Type.String(),
})

const FaceView = Type.Object({
  text: Type.String(),
  colour: Type.String(),
  textColour: nullable(Type.String()),
  size: Type.Number(),
  alignment: Type.Enum([...alignments]),
  image: nullable(Type.String()),
  picture: nullable(PictureView),
  run: FaceRunSchema,
  state: Type.Enum(['idle', 'asks', 'pending', 'on', 'failed']),
  last: nullable(
    Type.Object({
      intent: Type.String(),
      outcome: OutcomeName,
      at: Instant,
      detail: Type.String(),
      actor: Type.String(),
    }),
  ),
})

const ControlView = Type.Object({
  page: Type.Integer(),
  row: Type.Integer(),
  col: Type.Integer(),
  press: Type.Boolean(),
  release: Type.Boolean(),
  holdMs: nullable(Type.Number()),
  rotate: Type.Boolean(),
  face: FaceView,
})

export const PanelViewSchema = list(
  'pages',
  Type.Object({
    page: Type.Integer(),
    rows: Type.Integer(),
    cols: Type.Integer(),
    controls: Type.Array(ControlView),
  }),
)

export const DevicesViewSchema = list('devices', DeviceView)

export const MacrosViewSchema = list(
  'macros',
  Type.Object({
    id: Type.String(),
    steps: Type.Array(Type.Object({}, { additionalProperties: true })),
    onFailure: json,
    onCrash: Type.Enum(['resume', 'abandon', 'compensate', 'ask']),
  }),
)

const SurfaceView = Type.Object({
  name: Type.String(),
  type: Type.String(),
  address: Type.String(),
  rejected: Type.Integer(),
  seated: Type.Integer(),
  panels: Type.Array(
    Type.Object({
      id: Type.String(),
      product: Type.String(),
      page: Type.Integer(),
      locked: Type.Boolean(),
    }),
  ),
})

export const SurfacesViewSchema = list('surfaces', SurfaceView)

const jsonSchema = Type.Unknown({ description: 'JSON Schema' })

export const ActionsViewSchema = Type.Object({
  devices: Type.Array(
    Type.Object({
      device: Type.String(),
      protocol: Type.String(),
      actions: Type.Array(
        Type.Object({
          verb: Type.Enum(['fire', 'set']),
          name: Type.String(),
          description: Type.String(),
          schema: jsonSchema,
          standard: Type.Boolean(),
        }),
      ),
    }),
  ),
  names: Type.Array(
    Type.Object({
      name: Type.String(),
      origin: Type.Enum(['config', 'standard']),
      description: Type.String(),
      devices: Type.Array(Type.String()),
      schema: jsonSchema,
    }),
  ),
})

const good = {
  ok: Type.Literal(true),
  entries: Type.Integer(),
  hubs: Type.Array(
    Type.Object({ hub: Type.String(), entries: Type.Integer(), head: Type.String() }),
  ),
  gaps: Type.Array(
    Type.Object({
      position: Type.String(),
      hub: Type.String(),
      after: nullable(Type.String()),
      until: Type.String(),
      missing: Type.Array(
        Type.Object({ hub: Type.String(), from: Type.Integer(), to: Type.Integer() }),
      ),
    }),
  ),
  alone: Type.Array(
    Type.Object({
      position: Type.String(),
      hub: Type.String(),
      since: Instant,
      until: Instant,
      entries: Type.Integer(),
    }),
  ),
}
const bad = {
  ok: Type.Literal(false),
  fault: Type.String(),
  position: Type.String(),
  file: Type.String(),
  offset: Type.Integer(),
  detail: Type.String(),
}

export const VerdictViewSchema = Type.Union([Type.Object(good), Type.Object(bad)])

export const WitnessViewSchema = Type.Object({
  hub: Type.String(),
  entries: Type.Integer(),
  head: Type.String(),
  verified: Type.Union([
    Type.Object({ at: Instant, ...good }),
    Type.Object({ at: Instant, ...bad }),
    Type.Null(),
  ]),
  seal: nullable(
    Type.Object({
      sealed: Type.Integer(),
      signed: Type.Integer(),
      root: Type.String(),
      signedAt: nullable(Type.Number()),
      witnessed: nullable(Type.Object({ size: Type.Integer(), at: Type.Number() })),
      unwitnessed: nullable(Type.String()),
      trouble: nullable(Type.String()),
      signs: Type.Boolean(),
      behindSince: nullable(Type.Number()),
      asksWitnesses: Type.Boolean(),
      signAfterMs: Type.Number(),
      heartbeatMs: Type.Number(),
    }),
  ),
})

export const StatusViewSchema = Type.Object({
  site: Type.String(),
  hub: Type.String(),
  version: Type.String(),
  startedAt: Instant,
  now: Instant,
  held: Type.Boolean(),
  log: Type.Object({
    engine: Type.String(),
    head: nullable(Type.String()),
    writable: Type.Boolean(),
    aloneSince: nullable(Instant),
    detail: Type.String(),
  }),
  devices: Type.Array(DeviceView),
  hubs: Type.Array(
    Type.Object({
      hub: Type.String(),
      url: Type.String(),
      version: Type.String(),
      startedAt: Instant,
      at: Instant,
      cursor: nullable(Type.String()),
      lagMs: Type.Number(),
      leaving: Type.Boolean(),
    }),
  ),
  leases: Type.Array(
    Type.Object({
      device: Type.String(),
      hub: nullable(Type.String()),
      token: nullable(Type.Integer()),
      since: nullable(Instant),
    }),
  ),
  openIntents: Type.Integer(),
  witness: WitnessViewSchema,
  surfaces: Type.Array(SurfaceView),
})

export const HealthViewSchema = Type.Object({
  ok: Type.Boolean(),
  reasons: Type.Array(Type.String()),
})
