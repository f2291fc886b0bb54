import http from 'node:http'
import https from 'node:https'
import type { FastifyInstance } from 'fastify'
import { inPieces } from '../http-pieces.ts'
import { SurfaceError } from '../surface.ts'
import { problem } from './problem.ts'
import { problemHeaders, problemOf } from './problem-of.ts'
import type { Duplex } from 'node:stream'

/** PEM texts. */
export interface Tls {
  readonly cert: string
  readonly key: string
}

/** A room has dozens of panels; a thousand connections are a fault or an attack. */
const maxConnections = 1024

/** Against peers that send a byte now and then: 10 s for the header, 30 s for all of it, looked at every 2 s. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  // longer than the idle time of common proxies, so that they and not we close first
  keepAliveTimeout: 72_000,
  // the guard answers a missing Host, as a problem
  requireHostHeader: false,
}

/** Makes the plain or TLS server that fastify runs on. @throws SurfaceError for a certificate that is none */
export function createListener(tls: Tls | null, onRequest: http.RequestListener): http.Server {
  let server: http.Server
  try {
    server =
      tls === null
        ? http.createServer(limits, onRequest)
        : https.createServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, onRequest)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SurfaceError('tls', `http.tls: the certificate and key do not work (${why})`, {
      cause,
    })
  }
  server.maxConnections = maxConnections
  return inPieces(server)
}

/** Listens, or says what to do. @returns where, for people. @throws SurfaceError */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (cause) {
    throw listenError(cause, host, port)
  }
}

function listenError(cause: unknown, host: string, port: number): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : ''
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const error = (option: string, what: string) => new SurfaceError(option, what, { cause })
  switch (code) {
    case 'EADDRINUSE':
      return error(
        'port',
        `${at} is in use: end the program that listens there (is another hub running?), or choose another port with http.port in the config`,
      )
    case 'EACCES':
      return error(
        'port',
        `${at}: this user may not listen there; ports below 1024 need a right of their own, so choose another one with http.port in the config`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return error(
        'host',
        `${at}: this machine has no address ${host}; set http.host in the config to one of its own, or to 127.0.0.1`,
      )
    default:
      return cause
  }
}

/** Answers what is not even HTTP, and lets the peer go. */
export function answerClientError(error: Error, socket: Duplex): void {
  const code = 'code' in error ? error.code : ''
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const known = problemOf(error)
  const answer = known.code === 'internal' ? problem('bad-request', 'This is not HTTP/1.1.') : known
  const body = JSON.stringify(answer)
  const head = Object.entries({
    ...problemHeaders(answer),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const line = `HTTP/1.1 ${answer.status} ${http.STATUS_CODES[answer.status] ?? ''}\r\n`
  socket.end(`${line}${head.join('')}\r\n${body}`)
}
