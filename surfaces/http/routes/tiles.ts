import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Console } from '../console.ts'
import { fault } from '../problem.ts'
import { tellRead } from '../wish.ts'
import { answers } from './answers.ts'

const packed = promisify(gzip)

/** What a path means never changes: a year, and not in a cache that others share, because entries are not public. */
const forEver = 'private, max-age=31536000, immutable'

/**
 * The sealed log for tools of other people (C2SP tlog-tiles): its head, its tree in tiles, its entries in bundles. Everything
 * but the head is immutable.
 */
export function addTiles(app: FastifyInstance, hub: Console): void {
  app.get(
    '/witness/checkpoint',
    {
      schema: {
        summary: 'The newest signed head of the sealed journal',
        description: 'A C2SP checkpoint in a signed note, with the cosignatures of witnesses.',
        tags: ['record'],
        response: { ...answers({}), 200: file('text/plain', 'The signed note') },
      },
    },
    async (_request, reply) => {
      const note = await hub.checkpoint()
      if (note === null) throw fault('not-found', 'Nothing of this journal is signed yet.')
      return reply
        .header('cache-control', 'no-cache')
        .type('text/plain; charset=utf-8')
        .send(Buffer.from(note))
    },
  )

  app.get<{ Params: { '*': string } }>(
    '/witness/tile/*',
    {
      schema: {
        summary: 'A tile of hashes, or a bundle of entries',
        description:
          'C2SP tlog-tiles: `<L>/<N>[.p/<W>]` has hashes of 32 bytes; `entries/<N>[.p/<W>]` has the stored lines, each behind its length in two bytes, big-endian. Only what the newest checkpoint covers.',
        tags: ['record'],
        params: Type.Object({ '*': Type.String() }),
        response: {
          ...answers({}),
          200: file('application/octet-stream', 'Hashes, or entries with their lengths'),
        },
      },
    },
    async (request, reply) => {
      const tile = await hub.tile(request.params['*'])
      if (tile === null)
        throw fault('not-found', 'The newest checkpoint of this journal covers no such tile.')
      if (tile.lines !== null) {
        const { from, to } = tile.lines
        tellRead(hub, request, 'tiles', `$${from}`, `$${to - 1}`)
      }
      reply.header('cache-control', forEver).type('application/octet-stream')
      return send(request, reply, tile.bytes, tile.lines !== null)
    },
  )
}

/** Hashes cannot be made smaller; entries can, to a fifth. */
async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Uint8Array,
  isText: boolean,
) {
  if (isText) reply.header('vary', 'accept-encoding')
  const takesGzip = /\bgzip\b(?!;\s*q=0(\.0*)?\s*(,|$))/.test(
    request.headers['accept-encoding'] ?? '',
  )
  return isText && takesGzip
    ? reply.header('content-encoding', 'gzip').send(await packed(bytes))
    : reply.send(Buffer.from(bytes))
}

function file(type: string, description: string) {
  return { description, content: { [type]: { schema: Type.Unknown() } } }
}
