import { Type, type TSchema } from 'typebox'
import { ProblemView } from '../schema/intent-view.ts'

export const noContent = Type.Null({ description: 'Done; nothing to say' })

/** The answers of a route for the OpenAPI document: the good ones, and the problem that every other one is. */
export function answers(good: Readonly<Record<number, TSchema>>): Record<string, unknown> {
  return {
    ...good,
    default: {
      description: 'A problem (RFC 9457); `code` is stable',
      content: { 'application/problem+json': { schema: ProblemView } },
    },
  }
}
