import type { FastifyInstance } from 'fastify'
import { isId } from '../../../intents/id.ts'
import type { Console } from '../console.ts'
import { fault, ProblemError, refusalProblem } from '../problem.ts'
import { IntentsViewSchema, IntentViewSchema, ReceiptView } from '../schema/intent-view.ts'
import { SubmittedView } from '../schema/intent-view.ts'
import { defaultWaitMs, IntentParams, IntentsQuery, SubmitBody } from '../schema/request.ts'
import { waitForEnds } from '../wait.ts'
import { askerOf, intentOf, sourceOf, submissionOf, tellRead } from '../wish.ts'
import { answers } from './answers.ts'

/** 100: a screenful and a half; more on request. */
const defaultLimit = 100

export function addIntents(app: FastifyInstance, hub: Console, closing: AbortSignal): void {
  app.post<{ Body: SubmitBody }>(
    '/api/v1/intents',
    {
      schema: {
        summary: 'Ask for something',
        description:
          'Recorded before anything acts on it. With `wait: outcome` the answer is 200 and the whole intent once it has ended; 202 with `outcome: null` where it has not ended in `timeoutMs`.',
        tags: ['intents'],
        body: SubmitBody,
        response: answers({ 200: SubmittedView, 202: ReceiptView }),
      },
    },
    async (request, reply) => {
      const { body } = request
      const receipt = await hub.submit({
        intent: intentOf(body.intent),
        actor: askerOf(body.intent.verb, body.operator, request.owner),
        source: sourceOf(request),
        ...submissionOf(body),
      })
      const { id, position, duplicate, refusal } = receipt
      if (refusal !== null) throw new ProblemError(refusalProblem(refusal, receipt))
      reply.code(202)
      if (body.wait !== 'outcome') return { id, position, duplicate }
      const timeoutMs = body.timeoutMs ?? defaultWaitMs
      await waitForEnds(hub, [id], { timeoutMs, peer: reply.raw, closing })
      const view = await hub.intent(id)
      // recorded, but not to be seen (yet): the receipt is still true
      if (view === null) return { id, position, duplicate, outcome: null }
      if (view.outcome !== null) reply.code(200)
      return { ...view, duplicate }
    },
  )

  app.get<{ Params: IntentParams }>(
    '/api/v1/intents/:id',
    {
      schema: {
        summary: "One intent's whole life",
        tags: ['intents'],
        params: IntentParams,
        response: answers({ 200: IntentViewSchema }),
      },
    },
    async (request) => {
      const { id } = request.params
      const view = isId(id) ? await hub.intent(id) : null
      if (view === null) throw fault('unknown-intent', 'No intent of this id was recorded.', 'id')
      tellRead(hub, request, 'intents', view.position, view.position)
      return view
    },
  )

  app.get<{ Querystring: IntentsQuery }>(
    '/api/v1/intents',
    {
      schema: {
        summary: 'Intents, newest first',
        tags: ['intents'],
        querystring: IntentsQuery,
        response: answers({ 200: IntentsViewSchema }),
      },
    },
    async (request) => {
      const { after = null, limit = defaultLimit } = request.query
      const found = await hub.intents({ ...request.query, limit })
      tellRead(hub, request, 'intents', after, hub.status().log.head)
      return found
    },
  )
}
