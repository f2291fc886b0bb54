import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Console } from '../console.ts'
import { fault } from '../problem.ts'
import { sourceOf } from '../wish.ts'
import { answers, noContent } from './answers.ts'

/** 256 KiB: what a device has to say of itself at once. */
const maxHookBytes = 256 * 1024

/** Its secret stands for a token: whoever knows the address may call. */
export const hookPath = '/api/v1/hooks/:device/:secret'

const params = Type.Object({
  device: Type.String({ description: 'Its name in the config' }),
  secret: Type.String({ description: 'Its `hook.secret`' }),
})

/** Devices that call the hub (webhooks): JSON, XML, a form or any text, as the device makes it. */
export async function addHooks(app: FastifyInstance, hub: Console): Promise<void> {
  // of its own, because everywhere else a body is JSON and nothing else
  await app.register(async (hooks) => {
    hooks.removeAllContentTypeParsers()
    hooks.addContentTypeParser(
      '*',
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => body,
    )
    hooks.route<{ Params: { device: string; secret: string } }>({
      method: ['GET', 'POST', 'PUT'],
      url: hookPath,
      bodyLimit: maxHookBytes,
      schema: {
        summary: 'A device calls',
        description:
          'What it says becomes reports of the device, as its `hook.reports` and `reports` have it. Without a body the fields of the address are read.',
        tags: ['devices'],
        security: [],
        params,
        response: answers({ 204: noContent }),
      },
      handler: async (request, reply) => {
        const { device, secret } = request.params
        const { url, body, headers } = request
        const question = url.indexOf('?')
        const answer = hub.hook(device, {
          secret,
          type: headers['content-type'] ?? '',
          query: question === -1 ? '' : url.slice(question + 1),
          body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        })
        switch (answer) {
          case 'taken':
            return reply.code(204).send()
          case 'malformed':
            throw fault('bad-request', 'The body is not what its content type says.')
          case 'elsewhere':
            throw fault('device-elsewhere', 'Another hub acts for this device: call that one.')
          case 'unknown':
            hub.accessRefused(
              sourceOf(request),
              'A webhook with an address this hub does not know.',
            )
            throw fault('not-found', 'Nothing is served at this address.')
          default:
            return answer satisfies never
        }
      },
    })
  })
}
