import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Console } from '../console.ts'
import { fault } from '../problem.ts'
import { PlaceParams } from '../schema/request.ts'
import { answers } from './answers.ts'

/** What devices show on controls at this moment. Whoever may see the faces may see these. */
export function addPictures(app: FastifyInstance, hub: Console): void {
  app.get<{ Params: PlaceParams }>(
    '/api/v1/controls/:page/:row/:col/picture',
    {
      schema: {
        summary: 'What a device shows on a control at this moment',
        description:
          "The newest screenshot or camera picture, PNG or JPEG, at most 256 KiB. The ETag is the `tag` of the face's `picture`; `If-None-Match` with it is answered 304. 404 `no-picture` while the device shows nothing; 503 `device-elsewhere` where another hub acts for the device and only that one has its pictures.",
        tags: ['controls'],
        params: PlaceParams,
        response: {
          ...answers({}),
          200: {
            description: 'The bytes of the picture',
            content: {
              'image/png': { schema: Type.Unknown() },
              'image/jpeg': { schema: Type.Unknown() },
            },
          },
          304: Type.Null({ description: 'Still the picture with that ETag' }),
        },
      },
    },
    async (request, reply) => {
      const { page, row, col } = request.params
      const shown = hub.picture({ page, row, col })
      if (shown === null)
        throw fault('no-picture', `No device shows a picture at ${page}/${row}/${col}.`)
      if (shown.state !== 'live')
        throw fault(shown.state === 'elsewhere' ? 'device-elsewhere' : 'no-picture', shown.detail)
      reply.headers({
        etag: `"${shown.tag}"`,
        // what a camera saw is no record: not on the disk of whoever looks, either
        'cache-control': 'no-store',
        // a device made it: opened by itself it must run nothing
        'content-security-policy': "default-src 'none'; sandbox",
      })
      if (names(request.headers['if-none-match'], shown.tag)) return reply.code(304).send()
      return reply.type(shown.type).send(Buffer.from(shown.bytes))
    },
  )
}

/** Whether If-None-Match names this tag (RFC 9110 section 13.1.2: any, or one of a list, weak or not). */
function names(condition: string | undefined, tag: string): boolean {
  const listed = (condition ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  return listed.includes('*') || listed.includes(`"${tag}"`)
}
