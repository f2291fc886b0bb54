import { Type, type Static } from 'typebox'
import { ActorView, Instant } from './intent-view.ts'
import { operatorField } from './request.ts'

// What clients may send, and what they are answered, about the keeping of the record; custody.ts says what it means.

const closed = { additionalProperties: false }
const text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description })

const subjectFields = {
  intent: Type.Optional(
    Type.String({ minLength: 36, maxLength: 36, description: 'The id of an intent; or:' }),
  ),
  position: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'The position of an entry' }),
  ),
}

export const CorrectionBody = Type.Object(
  { ...subjectFields, text: text(2000, 'What is right'), ...operatorField },
  closed,
)
export type CorrectionBody = Static<typeof CorrectionBody>

export const RedactionBody = Type.Object(
  { ...subjectFields, reason: text(500, 'Why, for the record'), ...operatorField },
  closed,
)
export type RedactionBody = Static<typeof RedactionBody>

const moment = (what: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: `${what}: an ISO 8601 time, or ms` }),
  )

export const LegalHoldBody = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      description: 'Letters, digits, dot, _ and -',
    }),
    from: moment('Of the first entry; all before, too, if left out'),
    to: moment('Of the last entry; all that comes, too, if left out'),
    reason: text(500, 'Why, for the record'),
    ...operatorField,
  },
  closed,
)
export type LegalHoldBody = Static<typeof LegalHoldBody>

export const LegalHoldParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) })
export type LegalHoldParams = Static<typeof LegalHoldParams>

export const ReleaseBody = Type.Object(
  { writtenRelease: text(500, 'Where the release in writing is to be found'), ...operatorField },
  closed,
)
export type ReleaseBody = Static<typeof ReleaseBody>

export const KeptView = Type.Object({
  position: Type.String({ description: 'Where it is recorded' }),
})

export const LegalHoldsView = Type.Object({
  holds: Type.Array(
    Type.Object({
      name: Type.String(),
      from: Type.Union([Instant, Type.Null()]),
      to: Type.Union([Instant, Type.Null()]),
      reason: Type.String(),
      placedBy: ActorView,
      placedAt: Instant,
      released: Type.Union([
        Type.Object({ by: ActorView, at: Instant, writtenRelease: Type.String() }),
        Type.Null(),
      ]),
    }),
  ),
})
