import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Json } from '../../../intents/json.ts'
import type { Console } from '../console.ts'
import { fault } from '../problem.ts'
import { sourceOf } from '../wish.ts'
import { answers } from './answers.ts'

const params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 500 }) })

/** What triggers of the config listen to: recorded, whoever calls with the right to. */
export function addWebhooks(app: FastifyInstance, hub: Console): void {
  app.post<{ Params: { readonly name: string }; Body: Json | undefined }>(
    '/api/v1/webhooks/:name',
    {
      // the body is optional: that it was called is all that some services say
      preValidation: async (request) => {
        request.body ??= null
      },
      schema: {
        summary: 'Something happened outside',
        description:
          'What a trigger with `on: { webhook: NAME }` listens to. The body is any JSON: its expressions see it as `trigger.value`. 202 once it is recorded.',
        tags: ['triggers'],
        params,
        body: Type.Unknown({ description: 'Any JSON' }),
        response: answers({
          202: Type.Object({ position: Type.String({ description: 'Where it is recorded' }) }),
        }),
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const position = await hub.webhook(name, request.body ?? null, sourceOf(request))
      if (position === null) throw fault('unknown-webhook', `No trigger listens to ${name}.`)
      reply.code(202)
      return { position }
    },
  )
}
