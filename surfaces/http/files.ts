import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { resolve } from 'node:path'

/** Header fields of every answer: nothing foreign is loaded, nothing may frame or embed what the hub serves. */
export const safeHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const

/** The console's own files at `/`: with ETag and always asked again, so that an update shows at once. */
export async function addFiles(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: resolve(root),
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders: (reply) => {
      reply.setHeader('cache-control', 'no-cache')
    },
  })
}
