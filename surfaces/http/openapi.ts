import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { docsPage } from './docs-page.ts'

/** MUST be registered before the routes: it collects them as they are added. */
export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'InfraFabric',
        version,
        description:
          'Every press is recorded before anything acts on it. Errors are application/problem+json (RFC 9457) with a stable `code`.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'infra token add NAME' },
        },
      },
      // on loopback no token is needed
      security: [{}, { token: [] }],
    },
  })
}

/** The document, made of the very schemas that validate, and a page that shows it. */
export function addDocs(app: FastifyInstance): void {
  app.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(app.swagger()),
  )
  app.get('/api/docs', { schema: { hide: true } }, async (_request, reply) => {
    const { html, policy } = docsPage(app.swagger())
    return reply
      .header('content-security-policy', policy)
      .type('text/html; charset=utf-8')
      .send(html)
  })
}
