import { Type, type TSchema } from 'typebox'
import { ActorView, Instant } from './intent-view.ts'

// What the API answers about runs of macros, as JSON Schema; run-view.ts says what each field means.

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const question = {
  at: Type.String({ description: 'Its place, for run.answer' }),
  text: Type.String(),
  choices: Type.Array(Type.String(), { description: 'The first goes on' }),
  otherwise: nullable(Type.String({ description: 'The answer where nobody gives one in time' })),
  until: nullable(Instant),
}

const UnderView = Type.Object({
  at: Type.String({ description: 'Its place, for run.skip' }),
  name: Type.String(),
  what: Type.String(),
  phase: Type.Enum(['at', 'ready', 'retry', 'inside', 'instead', 'asked']),
  wakeAt: nullable(Instant),
  tries: Type.Integer(),
  count: nullable(
    Type.Object({
      unit: Type.Enum(['round', 'branch']),
      at: Type.Integer(),
      of: nullable(Type.Integer()),
    }),
  ),
  run: nullable(Type.String()),
})

const RunViewSchema = Type.Object({
  run: Type.String(),
  macro: Type.String(),
  step: Type.Integer(),
  steps: Type.Integer(),
  state: Type.Enum(['running', 'done', 'stopped', 'cancelled']),
  startedBy: ActorView,
  startedAt: Instant,
  changedAt: Instant,
  wakeAt: nullable(Instant),
  detail: Type.String(),
  paused: Type.Boolean(),
  queued: Type.Boolean(),
  undoing: Type.Boolean(),
  taken: Type.Integer(),
  parent: nullable(Type.String()),
  under: Type.Array(UnderView),
  questions: Type.Array(Type.Object(question)),
})

export const RunsViewSchema = Type.Object({ runs: Type.Array(RunViewSchema) })

export const FaceRunSchema = nullable(
  Type.Object({
    run: Type.String(),
    macro: Type.String(),
    share: Type.Number({ minimum: 0, maximum: 1 }),
    text: Type.String(),
    question: nullable(Type.Object({ run: Type.String(), ...question })),
  }),
)
