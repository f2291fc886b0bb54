import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'
import { Type } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { listenKeys, opened, portKey } from '../listen.ts'
import { chunks, openStreams } from '../streams.ts'
import { type Surface, SurfaceError } from '../surface.ts'
import { serve } from './connection.ts'
import { variablesKey } from './variables.ts'
import { openWebSockets } from './web-socket.ts'

/** A thousand boxes at once and as many that come back before their old line is known to be dead. */
const maxConnections = 2048

const options = Type.Object({
  port: portKey(16_622),
  webSocketPort: Type.Union([portKey(16_623), Type.Literal(false)], {
    default: 16_623,
    description: 'The port for clients that speak over WebSocket; false: none.',
  }),
  ...listenKeys,
  origins: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    default: [],
    maxItems: 100,
    description: 'Web pages that may connect over WebSocket, as http://HOST:PORT. Default: none.',
  }),
  subscriptions: Type.Boolean({
    default: true,
    description:
      'Clients may watch and press single buttons without being a panel. Such a press knows no PIN.',
  }),
  variables: variablesKey,
})

export const surface: Surface<typeof options> = {
  type: 'satellite',
  title: 'Satellite boxes and programs, over TCP and WebSocket',
  options,
  // the names by which Satellite's clients look for a Companion (5.0 and newer)
  announced: ({ host, port, webSocketPort }) => [
    { service: 'companion-satellite-tcp', transport: 'tcp', host, port, txt: {} },
    ...(webSocketPort === false
      ? []
      : ([
          {
            service: 'companion-satellite-ws',
            transport: 'tcp',
            host,
            port: webSocketPort,
            txt: {},
          },
        ] as const)),
  ],
  async open(name, { webSocketPort, origins, subscriptions, variables, ...listen }, host) {
    const session = { name, operator: listen.operator, subscriptions, variables }
    const turnedAway = (from: string, detail: string) =>
      host.rejected(`satellite:${from}`, failed('refused', detail))
    const serveAt = (
      stream: Duplex,
      read: AsyncIterable<Buffer>,
      from: string,
      gone: AbortSignal,
    ) => {
      setMaxListeners(0, gone)
      return serve(host, stream, read, { ...session, from, gone })
    }
    const lines = await openStreams(name, listen, {
      maxConnections,
      serve: (socket, from, gone) => serveAt(socket, chunks(socket), from, gone),
      turnedAway,
    })
    if (webSocketPort === false) return lines
    try {
      const sockets = await openWebSockets(
        name,
        { ...listen, port: webSocketPort },
        {
          maxConnections,
          origins: new Set(origins),
          serve: (stream, from, gone) =>
            serveAt(stream, stream as AsyncIterable<Buffer>, from, gone),
          turnedAway,
        },
      )
      return opened(`${lines.address}, ${sockets.address}`, async () => {
        await Promise.all([lines.close(), sockets.close()])
      })
    } catch (cause) {
      await lines.close()
      const isPort = cause instanceof SurfaceError && cause.option === 'port'
      if (!isPort) throw cause
      const message = cause.message.replace(
        `surfaces.${name}.port`,
        `surfaces.${name}.webSocketPort`,
      )
      throw new SurfaceError('webSocketPort', message, { cause })
    }
  },
}
