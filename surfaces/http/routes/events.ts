import type { FastifyInstance } from 'fastify'
import { entriesAfter, startOf } from '../after.ts'
import type { Console } from '../console.ts'
import { lifetime } from '../lifetime.ts'
import { EntryViewSchema } from '../schema/intent-view.ts'
import { EventsQuery } from '../schema/request.ts'
import { streamEntries } from '../stream.ts'
import { tellRead } from '../wish.ts'
import { answers } from './answers.ts'

/** The journal as server-sent events. */
export function addEvents(
  app: FastifyInstance,
  hub: Console,
  { closing, heartbeatMs }: { readonly closing: AbortSignal; readonly heartbeatMs: number },
): void {
  app.get<{ Querystring: EventsQuery }>(
    '/api/v1/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'The journal, live',
        description:
          'Server-sent events: `id` is the position, `data` an entry as JSON. `after` or Last-Event-ID resumes; without either it starts now. No entry is skipped for a slow reader.',
        tags: ['journal'],
        querystring: EventsQuery,
        response: {
          ...answers({}),
          200: {
            description: 'Endless; the schema is that of each `data`',
            content: { 'text/event-stream': { schema: EntryViewSchema } },
          },
        },
      },
    },
    async (request, reply) => {
      // EventSource repeats its first address when it reconnects, so the header is the newer word
      const last = request.headers['last-event-id']
      const after = typeof last === 'string' && last !== '' ? last : request.query.after
      const { signal, end } = lifetime(reply.raw, closing)
      try {
        const entries = await entriesAfter(hub, after, signal)
        tellRead(hub, request, 'events', startOf(hub, after), null)
        reply.hijack()
        reply.raw.writeHead(200, {
          ...(reply.getHeaders() as Record<string, string>), // set by our own hooks, one string each
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        })
        await streamEntries(entries, reply.raw, { signal, heartbeatMs })
      } finally {
        end()
      }
    },
  )
}
