import type { FastifyInstance, HTTPMethods } from 'fastify'
import { fault } from './problem.ts'

const all: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Collects the routes from here on. The result answers 405 with Allow (RFC 9110 section 15.5.6) for every method
 * that an address does not know; call it when the last route is there.
 */
export function collectMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    known.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...known]) {
      const allow = [...methods].join(', ')
      const others = all.filter((method) => !methods.has(method))
      app.route({
        method: [...others],
        url,
        // before the body is read: what it holds does not matter any more
        onRequest: (_request, reply, done) => {
          reply.header('allow', allow)
          done(fault('method-not-allowed', `This address knows ${allow}.`))
        },
        handler: async () => null,
        schema: { hide: true },
      })
    }
  }
}
