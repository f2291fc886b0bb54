import type { FastifyInstance } from 'fastify'
import type { Console } from '../console.ts'
import { ProblemError } from '../problem.ts'
import { SocketRequest } from '../schema/socket.ts'
import { serveSocket, upgradeNeeded } from '../socket.ts'
import { sourceOf } from '../wish.ts'
import { answers } from './answers.ts'

/** Both directions on one connection. */
export function addStream(
  app: FastifyInstance,
  hub: Console,
  limits: { readonly closing: AbortSignal; readonly heartbeatMs: number },
): void {
  app.route({
    method: 'GET',
    url: '/api/v1/stream',
    exposeHeadRoute: false,
    schema: {
      summary: 'WebSocket: submit, gestures, the journal and the panel',
      description:
        'JSON text frames. The hub answers each `submit` and `gesture` with `accepted`, then `ended`, or with `problem`, all with your `ref`; `accepted` with `id: null` says that the control binds nothing to the gesture. `subscribe` brings `entry` for each entry of the journal, and `panel` followed by `face` for each change.',
      tags: ['journal'],
      response: answers({ 101: { description: 'Switching Protocols' } }),
      'x-client-messages': SocketRequest,
    },
    handler: async () => {
      throw new ProblemError(upgradeNeeded)
    },
    wsHandler: (socket, request) =>
      serveSocket(socket, hub, { owner: request.owner, source: sourceOf(request) }, limits),
  })
}
