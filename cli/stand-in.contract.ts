import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { DeviceId, IntentId } from '../intents/id.ts'
import type { DeviceIntent } from '../intents/intent.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import { programOf } from '../test/program.ts'
import type { Entry, Life } from './answers.ts'

// What the tests of this folder share: a stand-in for the hub that answers as its API does, and the real command
// as a process of its own.

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: JsonObject
}

export interface StandIn {
  readonly url: string
  /** Every request so far, in order. */
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

/** Listens on a free port; `answer` gets each request with its body read. */
export async function standIn(
  answer: (asked: Asked, response: ServerResponse, count: number) => void,
): Promise<StandIn> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: (body === '' ? {} : JSON.parse(body)) as JsonObject, // the command sends objects only
      }
      asked.push(one)
      answer(one, response, asked.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** RFC 9457, as the hub says no. */
export function problem(response: ServerResponse, status: number, value: JsonObject): void {
  response
    .writeHead(status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ title: 'Refused', status, ...value }))
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts `infra …`; its hub is `url`. */
export function start(url: string, words: readonly string[], cwd = process.cwd()): ChildProcess {
  return spawn(process.execPath, [...programOf('cli/infra'), ...words], {
    cwd,
    env: { ...process.env, INFRA_URL: url, INFRA_TOKEN: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs `infra …` to its end. */
export async function run(url: string, words: readonly string[], cwd?: string): Promise<Ran> {
  return finish(start(url, words, cwd))
}

/** Waits for the end of a started command and gives what it said. */
export async function finish(child: ChildProcess): Promise<Ran> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('started without pipes')
  const [[code], out, err] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>, // what `close` says first is the exit code
    text(stdout),
    text(stderr),
  ])
  return { code, out, err }
}

export const anId = '019283b2-7c1e-7abc-8def-0123456789ab' as IntentId // of the right form

export const cut: DeviceIntent = {
  verb: 'fire',
  device: 'mypro' as DeviceId, // of the right form
  action: 'Cut',
  args: {},
}

/** An intent that was confirmed 12 ms after it was recorded. */
export function life(change: Partial<Life> = {}): Life {
  const at = Date.UTC(2026, 2, 1, 12, 0, 0, 100)
  const attempt = { attempt: 1, startedAt: at, endedAt: at + 12, failure: null, retryAt: null }
  return {
    id: anId,
    intent: cut,
    actor: { type: 'operator', id: 'anna', surface: 'panel', control: '1/0/0' },
    source: 'http:127.0.0.1',
    trace: anId,
    cause: null,
    at,
    expiresAt: null,
    position: '0-17',
    status: 'ended',
    attempts: [{ ...attempt, ack: 'confirmed' }],
    outcome: { type: 'confirmed', at: at + 12 },
    children: [],
    ...change,
  }
}

/** An entry of the journal in which the device says a number. */
export function report(position: string, value: Json): Entry {
  return {
    position,
    hub: 'hub-a',
    hseq: 1,
    at: Date.UTC(2026, 2, 1, 12),
    event: { type: 'DeviceReported', device: cut.device, path: 'input', value },
  }
}
