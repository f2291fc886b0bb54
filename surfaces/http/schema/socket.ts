import { Type, type Static } from 'typebox'
import { gestures, IntentRequest, operatorField, placeFields, submissionFields } from './request.ts'

const ref = {
  ref: Type.Union([Type.String({ maxLength: 64 }), Type.Number()], {
    description: 'Yours; every answer to this request carries it',
  }),
}

/** What a client may say on the stream. */
export const SocketRequest = Type.Union([
  Type.Object(
    {
      type: Type.Literal('submit'),
      ...ref,
      ...submissionFields,
      ...operatorField,
      intent: IntentRequest,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('gesture'),
      ...ref,
      ...submissionFields,
      ...operatorField,
      ...placeFields,
      gesture: Type.Enum([...gestures]),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('subscribe'),
      ref: Type.Optional(ref.ref),
      events: Type.Optional(
        Type.Union([
          Type.Boolean(),
          Type.Object(
            { after: Type.String({ minLength: 1, maxLength: 64 }) },
            { additionalProperties: false },
          ),
        ]),
      ),
      panel: Type.Optional(Type.Boolean()),
      runs: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
])
export type SocketRequest = Static<typeof SocketRequest>
