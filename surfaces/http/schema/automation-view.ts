import { Type, type TSchema } from 'typebox'
import { Instant } from './intent-view.ts'

// What the API answers about what starts macros, as JSON Schema; automation-view.ts says what each field means.

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

export const VariablesViewSchema = Type.Object({
  variables: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.Enum(['string', 'number', 'boolean', 'any']),
      default: Type.Unknown(),
      description: Type.String(),
      value: Type.Unknown(),
      at: nullable(Instant),
      intent: nullable(Type.String()),
    }),
  ),
})

const starter = {
  name: Type.String(),
  run: Type.String(),
  when: nullable(Type.String()),
  on: Type.Boolean(),
  hub: nullable(Type.String()),
  last: nullable(
    Type.Object({
      at: Instant,
      intent: Type.String(),
      cause: Type.String(),
      refused: nullable(Type.String()),
    }),
  ),
  trouble: nullable(Type.String()),
}

export const TriggersViewSchema = Type.Object({
  triggers: Type.Array(
    Type.Object({
      ...starter,
      listensTo: Type.String(),
      forMs: Type.Number(),
      coolDownMs: Type.Number(),
      waitsUntil: nullable(Instant),
      coolsUntil: nullable(Instant),
    }),
  ),
})

export const SchedulesViewSchema = Type.Object({
  schedules: Type.Array(
    Type.Object({
      ...starter,
      timing: Type.String(),
      missed: Type.Enum(['skip', 'once', 'all']),
      next: nullable(Instant),
    }),
  ),
})
