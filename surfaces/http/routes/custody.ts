import type { FastifyInstance, FastifyReply } from 'fastify'
import { isId, type Instant } from '../../../intents/id.ts'
import type { Console } from '../console.ts'
import type { Kept, SubjectQuery } from '../custody.ts'
import { fault, ProblemError, refusalProblem } from '../problem.ts'
import {
  CorrectionBody,
  KeptView,
  LegalHoldBody,
  LegalHoldParams,
  LegalHoldsView,
  RedactionBody,
  ReleaseBody,
} from '../schema/custody.ts'
import { askerOf } from '../wish.ts'
import { answers } from './answers.ts'

/** What is said beside the record, what of it must stay, and what may be forgotten. */
export function addCustody(app: FastifyInstance, hub: Console): void {
  app.post<{ Body: CorrectionBody }>(
    '/api/v1/witness/corrections',
    {
      schema: {
        summary: 'Say beside an entry what is right; the entry stays',
        tags: ['record'],
        body: CorrectionBody,
        response: answers({ 201: KeptView }),
      },
    },
    async ({ body, owner }, reply) => {
      const { text, operator } = body
      const actor = askerOf('witness', operator, owner)
      return answer(reply, await hub.custody.correct(subjectOf(body), text.toWellFormed(), actor))
    },
  )

  app.post<{ Body: RedactionBody }>(
    '/api/v1/witness/redactions',
    {
      schema: {
        summary: 'Erase the personal text of an intent; the proof of the rest stays good',
        tags: ['record'],
        body: RedactionBody,
        response: answers({ 201: KeptView }),
      },
    },
    async ({ body, owner }, reply) => {
      const { reason, operator } = body
      const actor = askerOf('witness', operator, owner)
      return answer(reply, await hub.custody.redact(subjectOf(body), reason.toWellFormed(), actor))
    },
  )

  app.get(
    '/api/v1/witness/legal-holds',
    {
      schema: {
        summary: 'What must stay as it is, and until when',
        tags: ['record'],
        response: answers({ 200: LegalHoldsView }),
      },
    },
    async () => ({ holds: hub.custody.legalHolds() }),
  )

  app.post<{ Body: LegalHoldBody }>(
    '/api/v1/witness/legal-holds',
    {
      schema: {
        summary: 'Place a legal hold: nothing of that time is trimmed or redacted',
        tags: ['record'],
        body: LegalHoldBody,
        response: answers({ 201: KeptView }),
      },
    },
    async ({ body, owner }, reply) => {
      const { name, reason, operator } = body
      const hold = {
        name,
        from: instantOf('from', body.from),
        to: instantOf('to', body.to),
        reason: reason.toWellFormed(),
      }
      return answer(reply, await hub.custody.placeHold(hold, askerOf('witness', operator, owner)))
    },
  )

  app.post<{ Params: LegalHoldParams; Body: ReleaseBody }>(
    '/api/v1/witness/legal-holds/:name/release',
    {
      schema: {
        summary: 'Release a legal hold, in writing',
        tags: ['record'],
        params: LegalHoldParams,
        body: ReleaseBody,
        response: answers({ 201: KeptView }),
      },
    },
    async ({ params, body, owner }, reply) => {
      const actor = askerOf('witness', body.operator, owner)
      const text = body.writtenRelease.toWellFormed()
      return answer(reply, await hub.custody.releaseHold(params.name, text, actor))
    },
  )
}

function answer(reply: FastifyReply, { refusal, position }: Kept): FastifyReply {
  if (refusal !== null) throw new ProblemError(refusalProblem(refusal))
  return reply.code(201).send({ position })
}

function subjectOf({
  intent,
  position,
}: {
  readonly intent?: string
  readonly position?: string
}): SubjectQuery {
  if ((intent === undefined) === (position === undefined))
    throw fault('bad-argument', 'Give either intent or position.', 'intent')
  if (intent === undefined) return { position: position ?? '' }
  if (!isId(intent)) throw fault('bad-argument', 'intent is not the id of an intent.', 'intent')
  return { intent }
}

function instantOf(field: 'from' | 'to', text: string | undefined): Instant | null {
  if (text === undefined) return null
  const ms = /^\d{13}$/.test(text) ? Number(text) : Date.parse(text)
  if (!/^\d{13}$|^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(ms))
    throw fault('bad-argument', `${field} is not a time such as 2026-11-21T20:14:07Z.`, field)
  return ms as Instant // ms since the epoch
}
