import type { FastifyInstance } from 'fastify'
import type { Console } from '../console.ts'
import { sessionCookie } from '../guard.ts'
import { fault } from '../problem.ts'
import { SessionBody } from '../schema/request.ts'
import { sourceOf } from '../wish.ts'
import { answers, noContent } from './answers.ts'

/** 30 days: a panel on a wall should not ask for its token in the middle of a show. */
const sessionS = 30 * 86_400

/**
 * Signing in from a browser. The cookie carries the token itself, out of reach of scripts: so a session survives a
 * restart of the hub, and removing the token ends it at once.
 */
export function addSession(app: FastifyInstance, hub: Console, secure: boolean): void {
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`

  app.post<{ Body: SessionBody }>(
    '/api/v1/session',
    {
      schema: {
        summary: 'Sign in from a browser',
        tags: ['session'],
        security: [],
        body: SessionBody,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      const { token } = request.body
      if (hub.tokenOwner(token) === null) {
        hub.accessRefused(sourceOf(request), 'A sign-in with a token this hub does not know.')
        throw fault('bad-token', 'This hub knows no such token.', 'token')
      }
      reply.header('set-cookie', `${sessionCookie}=${token}; Max-Age=${sessionS}; ${attributes}`)
      return reply.code(204).send()
    },
  )

  app.delete(
    '/api/v1/session',
    {
      schema: {
        summary: 'Sign out',
        tags: ['session'],
        security: [],
        response: answers({ 204: noContent }),
      },
    },
    async (_request, reply) => {
      reply.header('set-cookie', `${sessionCookie}=; Max-Age=0; ${attributes}`)
      return reply.code(204).send()
    },
  )
}
