import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Instant } from '../../../intents/id.ts'
import type { Console } from '../console.ts'
import type { VerdictView } from '../witness-view.ts'
import { fault } from '../problem.ts'
import { ReplayQuery } from '../schema/request.ts'
import { VerdictViewSchema, WitnessViewSchema } from '../schema/site-view.ts'
import { tellRead } from '../wish.ts'
import { answers } from './answers.ts'

/** The past as data: the witness, and the state at a moment. */
export function addRecord(app: FastifyInstance, hub: Console): void {
  /** Reads the whole log: whoever asks meanwhile gets the same answer. */
  let underWay: Promise<VerdictView> | null = null

  app.get(
    '/api/v1/witness',
    {
      schema: {
        summary: 'The state of the record',
        tags: ['record'],
        response: answers({ 200: WitnessViewSchema }),
      },
    },
    async () => hub.status().witness,
  )

  app.post(
    '/api/v1/witness/verify',
    {
      schema: {
        summary: 'Verify the whole record from its stored bytes',
        tags: ['record'],
        response: answers({ 200: VerdictViewSchema }),
      },
    },
    async (request) => {
      tellRead(hub, request, 'verify', null, hub.status().log.head)
      underWay ??= hub.verify().finally(() => {
        underWay = null
      })
      return underWay
    },
  )

  app.get<{ Querystring: ReplayQuery }>(
    '/api/v1/replay',
    {
      schema: {
        summary: 'The state at a moment, folded from the record',
        tags: ['record'],
        querystring: ReplayQuery,
        response: answers({ 200: Type.Object({}, { additionalProperties: true }) }),
      },
    },
    async (request) => {
      const { to } = request.query
      try {
        const state = await hub.replay(momentOf(to))
        tellRead(hub, request, 'replay', null, to ?? hub.status().log.head)
        return state
      } catch (error) {
        if (error instanceof RangeError) throw fault('bad-position', error.message, 'to')
        throw error
      }
    },
  )
}

/**
 * A position, an ISO 8601 time or milliseconds. Thirteen digits are milliseconds (2001 to 2286): no log of ours
 * numbers its entries that far.
 */
function momentOf(
  text: string | undefined,
): { readonly position: string } | { readonly time: Instant } | null {
  if (text === undefined) return null
  if (/^\d{13}$/.test(text)) return { time: Number(text) as Instant }
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return { position: text }
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw fault('bad-position', 'to is not an ISO 8601 time.', 'to')
  return { time: time as Instant }
}
