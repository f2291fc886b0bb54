import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Console } from '../console.ts'
import { fault } from '../problem.ts'
import { apiActor } from '../wish.ts'
import { answers } from './answers.ts'

const KeyBody = Type.Object(
  {
    prepare: Type.Optional(
      Type.Boolean({ description: 'Only make the next key, and say what its public half is.' }),
    ),
  },
  { additionalProperties: false },
)

const KeyViewSchema = Type.Object({
  old: Type.String(),
  next: Type.String(),
  last: Type.Union([Type.Integer(), Type.Null()]),
})

/** The key that signs the sealed journal. */
export function addKeys(app: FastifyInstance, hub: Console): void {
  app.post<{ Body: Static<typeof KeyBody> }>(
    '/api/v1/witness/key/rotate',
    {
      // the body is optional: a bare POST changes the key
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        summary: 'Change the key that signs the sealed journal',
        description:
          'The old key and the new one both sign the change, which is an entry of the journal. `last` is the size of the last head of the old key: the new one signs all later. The private half never leaves the hub.',
        tags: ['record'],
        body: KeyBody,
        response: answers({ 200: KeyViewSchema }),
      },
    },
    async (request) => {
      const how = request.body.prepare === true ? 'prepare' : 'change'
      try {
        return await hub.changeKey(how, apiActor(request.owner))
      } catch (error) {
        if (error instanceof RangeError) throw fault('key-refused', error.message)
        throw error
      }
    },
  )
}
