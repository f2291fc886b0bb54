import websocket from '@fastify/websocket'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { setMaxListeners } from 'node:events'
import type { TSchema } from 'typebox'
import { SurfaceError } from '../surface.ts'
import { parametersOf } from './parameters.ts'
import type { Console } from './console.ts'
import { addFiles, safeHeaders } from './files.ts'
import { addGuard } from './guard.ts'
import { jsonOfBytes } from './json-body.ts'
import { answerClientError, createListener, listen, type Tls } from './listener.ts'
import { collectMethods } from './methods.ts'
import { addDocs, addOpenApi } from './openapi.ts'
import { isLoopback } from '../origin.ts'
import { fault } from './problem.ts'
import { maxBodyBytes, problemHeaders, problemOf } from './problem-of.ts'
import { addControls } from './routes/controls.ts'
import { addCustody } from './routes/custody.ts'
import { addDevices } from './routes/devices.ts'
import { addEvents } from './routes/events.ts'
import { addHooks } from './routes/hooks.ts'
import { addWebhooks } from './routes/webhooks.ts'
import { addIntents } from './routes/intents.ts'
import { addKeys } from './routes/keys.ts'
import { addPictures } from './routes/pictures.ts'
import { addRecord } from './routes/record.ts'
import { addSession } from './routes/session.ts'
import { addSite } from './routes/site.ts'
import { addStream } from './routes/stream.ts'
import { addTiles } from './routes/tiles.ts'
import { shape } from './shape.ts'
import { reject } from './reject.ts'
import { sourceOf } from './wish.ts'

export interface HttpOptions {
  readonly host: string
  /** 0: the system chooses one. */
  readonly port: number
  readonly tls: Tls | null
  /** The explicit word that allows an address other than loopback without TLS. */
  readonly insecure: boolean
  /** The folder of the console's files. */
  readonly webRoot: string
  /** Of the hub, for the OpenAPI document. */
  readonly version: string
  /** How often a silent stream shows that it is alive, ms. Default 15 s: below every proxy's idle time. */
  readonly heartbeatMs?: number
}

export interface OpenHttp {
  /** `http://127.0.0.1:7700` */
  readonly address: string
  /** Ends every stream and wait, then stops listening. Idempotent. */
  close(): Promise<void>
}

const defaultHeartbeatMs = 15_000

/**
 * Serves the API and the console. Nothing is logged for each request: the journal is the log.
 * @throws SurfaceError where it may not or cannot listen
 */
export async function openHttp(options: HttpOptions, hub: Console): Promise<OpenHttp> {
  const { host, port, tls, insecure, heartbeatMs = defaultHeartbeatMs } = options
  const loopback = isLoopback(host)
  if (!loopback && tls === null && !insecure)
    throw new SurfaceError(
      'host',
      `http.host ${host} can be reached from other machines: set http.tls (certFile and keyFile) in the config, or http.insecure: true where the network itself is trusted, or go back to 127.0.0.1`,
    )
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // one for each stream and each wait
  const app = fastify({
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    return503OnClosing: false, // its answer is no problem+json; the closed port says the same
    routerOptions: { maxParamLength: 256 },
    serverFactory: (onRequest) => createListener(tls, onRequest),
    clientErrorHandler: answerClientError,
    schemaController: { compilersFactory: own },
    frameworkErrors: (error, request, reply) => answerError(hub, error, request, reply),
  })
  try {
    await build(app, options, hub, { loopback, closing: closing.signal, heartbeatMs })
    const address = await listen(app, host, port)
    let closed: Promise<void> | null = null
    return {
      address,
      close() {
        closing.abort()
        closed ??= app.close()
        return closed
      },
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

async function build(
  app: FastifyInstance,
  options: HttpOptions,
  hub: Console,
  limits: {
    readonly loopback: boolean
    readonly closing: AbortSignal
    readonly heartbeatMs: number
  },
): Promise<void> {
  const { closing, loopback } = limits
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(safeHeaders)
    done()
  })
  readJson(app)
  answerProblems(app, hub)
  await addOpenApi(app, options.version)
  await app.register(websocket, {
    options: {
      maxPayload: maxBodyBytes,
      perMessageDeflate: false,
      // one message a turn: what one client has sent at once keeps nobody else waiting
      allowSynchronousEvents: false,
    },
    errorHandler: (_error, socket) => socket.terminate(),
    // the default waits for peers to say goodbye; a hub that goes down cannot
    preClose: (done) => {
      for (const peer of app.websocketServer.clients) peer.terminate()
      app.websocketServer.close()
      done()
    },
  })
  addGuard(app, hub, loopback)
  const addMissingMethods = collectMethods(app)
  addIntents(app, hub, closing)
  addControls(app, hub, closing)
  addWebhooks(app, hub)
  addPictures(app, hub)
  addDevices(app, hub, closing)
  await addHooks(app, hub)
  addSite(app, hub)
  addRecord(app, hub)
  addCustody(app, hub)
  addKeys(app, hub)
  addTiles(app, hub)
  addEvents(app, hub, limits)
  addStream(app, hub, limits)
  addSession(app, hub, options.tls !== null)
  addDocs(app)
  addMissingMethods()
  await addFiles(app, options.webRoot)
}

/** Fastify's own two compilers, which take a twelfth of a hub's start to load, are not wanted: {@link readJson} sets others. */
const own = { buildValidator: notSet, buildSerializer: notSet }

function notSet(): never {
  throw new Error('readJson sets the compilers before there are routes')
}

/** One way in for bodies, one way for schemas: the same checks here and on the WebSocket. */
function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) =>
      body.length === 0 ? undefined : jsonOfBytes(body),
  )
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    const checked = shape(schema)
    const inBody = httpPart === 'body'
    return (raw: unknown) => {
      const value = inBody ? raw : parametersOf(schema, raw)
      if (checked.check(value)) return { value }
      return { error: checked.fault(value, inBody ? 'bad-argument' : 'bad-parameter') }
    }
  })
  // the schemas of answers are documentation, held against the answers by the tests
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
}

function answerProblems(app: FastifyInstance, hub: Console): void {
  app.setErrorHandler((error, request, reply) => answerError(hub, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    answerError(hub, fault('not-found', 'Nothing is served here; see /api/docs.'), request, reply)
  })
}

/** Codes that say nothing about the input: the hub knows them already, or nobody wanted an intent. */
const noInput = new Set(['foreign-host', 'foreign-origin', 'token-required', 'bad-token'])

function answerError(
  hub: Console,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const said = problemOf(error)
  const wanted = request.method === 'POST' && /^\/api\/v1\/(intents|controls)\b/.test(request.url)
  const recorded = said.position !== undefined || said.status === 503 || noInput.has(said.code)
  if (said.status === 500 || (wanted && !recorded)) reject(hub, sourceOf(request), said, error)
  void reply.code(said.status).headers(problemHeaders(said)).send(JSON.stringify(said))
}
