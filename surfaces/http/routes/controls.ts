import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Console } from '../console.ts'
import { fault, ProblemError, refusalProblem } from '../problem.ts'
import { GestureOutcomeView, GestureReceiptView } from '../schema/intent-view.ts'
import { defaultWaitMs, GestureBody, GestureParams, PlaceParams } from '../schema/request.ts'
import { waitForEnds } from '../wait.ts'
import { handOn, sourceOf, submissionOf } from '../wish.ts'
import { answers, noContent } from './answers.ts'

export function addControls(app: FastifyInstance, hub: Console, closing: AbortSignal): void {
  app.post<{ Params: GestureParams; Body: GestureBody }>(
    '/api/v1/controls/:page/:row/:col/:gesture',
    {
      // the body is optional: a bare POST is a press
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        summary: 'A hand on a control of the grid',
        description:
          'Each call is one gesture. 202 names the intents it led to; 204 where the control binds nothing to it. With `wait: outcome` the answer is 200 and the whole intents once all have ended.',
        tags: ['controls'],
        params: GestureParams,
        body: GestureBody,
        response: answers({ 200: GestureOutcomeView, 202: GestureReceiptView, 204: noContent }),
      },
    },
    async (request, reply) => {
      const { body } = request
      const { gesture, page, row, col } = request.params
      const place = { page, row, col }
      const receipts = await hub.gesture(place, gesture, {
        actor: handOn(place, body.operator, request.owner),
        source: sourceOf(request),
        ...submissionOf(body),
      })
      if (receipts === null)
        throw fault('unknown-control', `There is no control at ${page}/${row}/${col}.`)
      const first = receipts[0]
      if (first === undefined) return reply.code(204).send()
      if (first.refusal !== null && receipts.every(({ refusal }) => refusal !== null))
        throw new ProblemError(refusalProblem(first.refusal, first))
      reply.code(202)
      const { id, position, duplicate } = first
      const accepted = receipts.map((receipt) => ({
        ...receipt,
        refusal: receipt.refusal === null ? null : refusalProblem(receipt.refusal),
      }))
      if (body.wait !== 'outcome') return { id, position, duplicate, intents: accepted }
      const open = receipts.filter(({ refusal }) => refusal === null).map(({ id }) => id)
      const timeoutMs = body.timeoutMs ?? defaultWaitMs
      await waitForEnds(hub, open, { timeoutMs, peer: reply.raw, closing })
      const views = await Promise.all(receipts.map(({ id }) => hub.intent(id)))
      const intents = views.map((view, i) => view ?? { ...accepted[i], outcome: null })
      if (intents.every(({ outcome }) => outcome !== null)) reply.code(200)
      return { ...intents[0], duplicate, intents }
    },
  )

  app.get<{ Params: PlaceParams }>(
    '/api/v1/controls/:page/:row/:col/image',
    {
      schema: {
        summary: "A control's picture",
        tags: ['controls'],
        params: PlaceParams,
        response: answers({ 200: Type.Unknown({ description: 'The bytes of the picture' }) }),
      },
    },
    async (request, reply) => {
      const { page, row, col } = request.params
      const image = await hub.image({ page, row, col })
      if (image === null) throw fault('no-image', `There is no picture at ${page}/${row}/${col}.`)
      // the picture may be somebody's SVG: it must run nothing, even when opened by itself
      reply.header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      )
      reply.header('cache-control', 'no-cache')
      return reply.type(image.type).send(Buffer.from(image.bytes))
    },
  )
}
