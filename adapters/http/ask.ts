import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as http,
} from 'node:http'
import { request as https } from 'node:https'
import type { Failure } from '../../intents/failure.ts'
import { codeOf, reason } from '../../wire/system-reason.ts'
import type { HttpCommand } from './options.ts'
import type { Peer } from './peer.ts'

export type Asked =
  | {
      readonly type: 'answer'
      readonly status: number
      readonly headers: IncomingHttpHeaders
      readonly body: Buffer
    }
  | { readonly type: 'failure'; readonly failure: Failure; readonly why: string }

/** The reason of a signal that aborts because the link is closed. */
export const linkClosed = Symbol('the link was closed')

/** 1 MiB: an answer to a command is small. */
const maxAnswerBytes = 1024 * 1024

/**
 * One request and its whole answer. `node:http` and not `fetch`, because it tells when the connection stands: before
 * that nothing can have reached the device, after it anything may. Never rejects.
 */
export function ask(
  peer: Peer,
  command: HttpCommand,
  authorization: string | null,
  signal: AbortSignal,
  barred: () => Failure | null,
): Promise<Asked> {
  return new Promise((resolve) => {
    let reached: 'no' | 'maybe' = 'no'
    const body = command.body === null ? null : Buffer.from(command.body)
    const headers: Record<string, string | number> = { ...command.headers }
    // what the config says for one request is more special than what it says for all
    if (authorization !== null) headers['authorization'] ??= authorization
    if (body !== null) headers['content-length'] = body.length

    const end = (asked: Asked) => {
      signal.removeEventListener('abort', aborted)
      resolve(asked)
    }
    const fail = (code: Failure['code'], why: string) => {
      end({ type: 'failure', why, failure: { code, reached, detail: `${peer.name}: ${why}` } })
      sent.destroy()
    }
    const aborted = () => {
      if (signal.reason === linkClosed) fail('unreachable', 'the link was closed')
      else fail('timeout', reached === 'no' ? 'no connection in time' : 'no answer in time')
    }

    const sent: ClientRequest = (peer.secure ? https : http)({
      host: peer.host,
      port: peer.port,
      method: command.method,
      path: peer.prefix + command.path,
      headers,
      agent: peer.agent,
    })
    sent.once('socket', (socket) => {
      // nothing is written before the connection stands: by then it may be another hub's to send
      const stands = () => {
        const barrier = barred()
        if (barrier !== null) return fail(barrier.code, barrier.detail)
        reached = 'maybe'
        sent.end(body)
      }
      if (sent.reusedSocket || (!peer.secure && !socket.connecting)) stands()
      else socket.once(peer.secure ? 'secureConnect' : 'connect', stands)
    })
    // stays on after the end: a destroyed request may still report its error
    sent.on('error', (error) => {
      const nonsense = codeOf(error).startsWith('HPE_')
      if (nonsense) fail('malformed', 'what it answered is not HTTP')
      else fail('unreachable', reason(error))
    })
    sent.once('response', (answer) => read(answer, end, fail))
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted)
  })
}

/** Reads the answer to its end: half of one is none. Hostile: its size is bounded. */
function read(
  answer: IncomingMessage,
  end: (asked: Asked) => void,
  fail: (code: Failure['code'], why: string) => void,
): void {
  let size = 0
  const chunks: Buffer[] = []
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxAnswerBytes) chunks.push(chunk)
    else fail('malformed', `its answer has more than ${maxAnswerBytes} bytes`)
  })
  answer.once('end', () =>
    end({
      type: 'answer',
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: Buffer.concat(chunks),
    }),
  )
  answer.on('error', () => fail('malformed', 'its answer ends in the middle'))
}
