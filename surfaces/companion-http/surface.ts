import { once } from 'node:events'
import { createServer } from 'node:http'
import { Type } from 'typebox'
import { companionKeys } from '../companion.ts'
import { inPieces } from '../http-pieces.ts'
import { checkHost, listening, listenKeys, opened, place, portKey } from '../listen.ts'
import type { Surface } from '../surface.ts'
import { respond } from './respond.ts'

/** More than a control room has senders; what bounds the memory of all connections together. */
const maxConnections = 256
/** Against peers that send a byte now and then: 10 s for the header, 30 s for all of it, looked at every 2 s. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16_384,
}

const options = Type.Object({
  port: portKey(8000),
  ...listenKeys,
  ...companionKeys,
  deprecated: Type.Boolean({
    default: false,
    description:
      'The routes of before, as GET /press/bank/1/2. A page of any site can make a browser on this machine send a GET, and so press.',
  }),
  answerMs: Type.Integer({
    default: 5000,
    minimum: 1,
    maximum: 60_000,
    description:
      'How long an answer waits for the outcome, milliseconds; then it is 202, and says the id to ask for.',
  }),
})

export const surface: Surface<typeof options> = {
  type: 'companion-http',
  title: "Bitfocus Companion's HTTP API, served",
  options,
  async open(name, options, host) {
    checkHost(name, options)
    const closing = new AbortController()
    const server = createServer(limits, (request, response) => {
      const from = place(request.socket.remoteAddress ?? 'unknown', request.socket.remotePort ?? 0)
      const asker = { surface: name, operator: options.operator, source: `companion-http:${from}` }
      void respond(request, response, { host, asker, options, closing: closing.signal })
    })
    inPieces(server).maxConnections = maxConnections
    const at = await listening(name, server, options)
    return opened(`http://${at}`, async () => {
      closing.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    })
  },
}
