import { Type, type TSchema } from 'typebox'
import { IntentRequest } from './request.ts'

// What the API answers, as JSON Schema; console.ts says what each field means.

export const Instant = Type.Number({ description: 'Milliseconds since 1970, UTC' })
const PositionText = Type.String({ description: 'Where it stands in the journal; opaque' })

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

export const OutcomeName = Type.Enum([
  'confirmed',
  'sent',
  'refused',
  'expired',
  'failed',
  'cancelled',
  'unknown',
])

const FailureView = Type.Object({
  code: Type.String(),
  reached: Type.Enum(['no', 'maybe', 'yes'], { description: 'How far it got' }),
  detail: Type.String(),
})

export const ActorView = Type.Object(
  { type: Type.Enum(['operator', 'api', 'agent', 'macro', 'trigger']) },
  { additionalProperties: true },
)

export const ReceiptView = Type.Object({
  id: Type.String(),
  position: PositionText,
  duplicate: Type.Boolean({ description: 'This id was recorded before' }),
})

/** What was said beside an entry to be right. */
const CorrectionsView = Type.Array(
  Type.Object({ at: Instant, actor: ActorView, text: Type.String(), position: Type.String() }),
)

const AttemptView = Type.Object({
  attempt: Type.Integer(),
  startedAt: Instant,
  endedAt: nullable(Instant),
  ack: nullable(Type.Enum(['sent', 'confirmed'])),
  failure: nullable(FailureView),
  retryAt: nullable(Instant),
})

const intentFields = {
  id: Type.String(),
  intent: IntentRequest,
  actor: ActorView,
  source: Type.String(),
  trace: Type.String(),
  cause: nullable(Type.Object({ intent: Type.String(), step: Type.Integer() })),
  at: Instant,
  expiresAt: nullable(Instant),
  position: PositionText,
  status: Type.Enum(['pending', 'attempting', 'ended']),
  attempts: Type.Array(AttemptView),
  outcome: nullable(
    Type.Object({
      type: OutcomeName,
      at: Instant,
      failure: Type.Optional(FailureView),
      by: Type.Optional(Type.String()),
    }),
  ),
  children: Type.Array(Type.String()),
  corrections: CorrectionsView,
}

export const IntentViewSchema = Type.Object(intentFields)
export const IntentsViewSchema = Type.Object({ intents: Type.Array(IntentViewSchema) })

export const SubmittedView = Type.Object({ ...intentFields, duplicate: Type.Boolean() })

const gestureReceipts = Type.Array(
  Type.Object({
    id: Type.String(),
    position: PositionText,
    duplicate: Type.Boolean(),
    refusal: nullable(Type.Unknown({ description: 'A problem, where this one was refused' })),
  }),
)

/** A gesture leads to as many intents as the config binds; the first one's fields stand on top. */
export const GestureReceiptView = Type.Object({
  id: Type.String(),
  position: PositionText,
  duplicate: Type.Boolean(),
  intents: gestureReceipts,
})

export const GestureOutcomeView = Type.Object({
  ...intentFields,
  duplicate: Type.Boolean(),
  intents: Type.Array(IntentViewSchema),
})

export const EntryViewSchema = Type.Object({
  position: PositionText,
  hub: Type.String(),
  hseq: Type.Integer(),
  at: Instant,
  event: Type.Object({ type: Type.String() }, { additionalProperties: true }),
})

export const ProblemView = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable, for programs' }),
    field: Type.Optional(Type.String({ description: 'The field at fault: `intent.device`' })),
    id: Type.Optional(Type.String()),
    position: Type.Optional(Type.String()),
  },
  { description: 'RFC 9457' },
)
