import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { parseCheckpoint } from '../check/checkpoint.ts'
import { NoteError } from '../check/note.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { writeDurably } from '../durable.ts'
import type { Signer } from '../sign/key.ts'
import { cosignatureLine } from '../sign/note.ts'
import { decide, type Seen } from './decide.ts'
import { parseAddCheckpoint } from './request.ts'

// A witness (C2SP tlog-witness): a process on another machine, or an auditor's laptop. All it keeps of a log is the
// newest checkpoint that it cosigned.

export interface WitnessOptions {
  readonly signer: Signer
  /** The keys of the logs that it serves. */
  readonly logs: readonly VerifierKey[]
  /** Where it keeps what it has cosigned. */
  readonly folder: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Seconds since the epoch. */
  readonly now: () => number
}

export interface Witness {
  /** `http://127.0.0.1:7800` */
  readonly address: string
  close(): Promise<void>
}

/** 128 KiB: a proof of 63 hashes and the largest note. */
const maxBytes = 128 * 1024

/** @throws Node's own error where the port cannot be had */
export async function openWitness(options: WitnessOptions): Promise<Witness> {
  mkdirSync(options.folder, { recursive: true })
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => {
      // a disk that is full, above all: nothing was cosigned
      if (!response.headersSent) response.writeHead(500)
      response.end('the witness cannot keep what it would cosign\n')
    })
  })
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    address: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  options: WitnessOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = '' } = request
  const path = url.split('?')[0] ?? ''
  const monitored = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1]
  if (path === '/add-checkpoint' && method === 'POST') {
    const body = await bodyOf(request)
    return body === null
      ? end(response, 400, 'the request is too long\n')
      : add(options, body, response)
  }
  if (monitored !== undefined && method === 'GET') {
    const known = join(options.folder, monitored)
    return existsSync(known)
      ? end(response, 200, readFileSync(known, 'utf8'))
      : end(response, 404, 'this witness has cosigned nothing of this log\n')
  }
  end(response, 404, 'POST /add-checkpoint, or GET /<SHA-256 of the origin in hex>/checkpoint\n')
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Looks, remembers and answers in one turn, so that two requests cannot overtake each other. */
function add(
  { signer, logs, folder, now }: WitnessOptions,
  body: Buffer,
  response: ServerResponse,
): void {
  let asked
  try {
    asked = parseAddCheckpoint(body)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return end(response, 400, `${error.message}\n`)
  }
  const { text, signatures } = asked.checkpoint.note
  const path = join(folder, hash('sha256', asked.checkpoint.origin, 'hex'))
  const decision = decide(asked, logs, seenIn(path))
  if (decision.status === 409) return end(response, 409, `${decision.size}\n`, 'text/x.tlog.size')
  if (decision.status !== 200) return end(response, decision.status, `${decision.detail}\n`)
  const line = cosignatureLine(signer, text, now())
  const own = logs.filter(({ name }) => name === asked.checkpoint.origin)
  const kept = signatures.filter(({ name, keyId }) =>
    own.some((key) => key.name === name && key.id === keyId),
  )
  const lines = kept.map(
    ({ name, keyId, bytes }) =>
      `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), bytes]).toString('base64')}\n`,
  )
  // before it is answered: a witness that forgot could cosign two histories
  writeDurably(path, `${text}\n${lines.join('')}${line}`)
  end(response, 200, line)
}

function seenIn(path: string): Seen | null {
  return existsSync(path) ? parseCheckpoint(readFileSync(path)) : null
}

function end(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type }).end(body)
}
