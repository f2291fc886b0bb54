import { request as http } from 'node:http'
import type { Failure } from '../../intents/failure.ts'
import { codeOf, reason } from '../../wire/system-reason.ts'

export interface Asking {
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly path: string
  /** Null for none. */
  readonly json: string | null
}

export type Answer =
  | {
      readonly type: 'answer'
      readonly status: number
      readonly contentType: string
      /** The header X-App, by which Companion says who it is. */
      readonly app: string
      readonly text: string
    }
  | { readonly type: 'failure'; readonly failure: Failure }

/** 64 KiB: a variable is a line of text; all else that it answers is shorter. */
const maxAnswerBytes = 64 * 1024
/** 1.5 s: on its network a host that is there answers a SYN in milliseconds, and below the usual deadline there is time for another way. */
const connectMs = 1500

/**
 * One request over a connection of its own, and its whole answer: a kept connection that Companion closed meanwhile would
 * leave a press in doubt. Never rejects.
 */
export function ask(
  { host, port }: { readonly host: string; readonly port: number },
  { method, path, json }: Asking,
  signal: AbortSignal,
  barred: () => Failure | null,
): Promise<Answer> {
  return new Promise((resolve) => {
    let reached: 'no' | 'maybe' = 'no'
    const body = json === null ? null : Buffer.from(json)
    // exactly this type: with a charset behind it Companion takes no JSON for a variable
    const headers: Record<string, string | number> =
      body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length }
    const end = (answer: Answer) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      resolve(answer)
    }
    const fail = (code: Failure['code'], why: string) => {
      end({ type: 'failure', failure: { code, reached, detail: `http ${host}:${port}: ${why}` } })
      sent.destroy()
    }
    const aborted = () =>
      fail('timeout', reached === 'no' ? 'no connection in time' : 'no answer in time')
    const timer = setTimeout(() => {
      if (reached === 'no') fail('unreachable', 'it does not answer')
    }, connectMs)
    const sent = http({ host, port, method, path, headers, agent: false })
    sent.once('socket', (socket) =>
      // nothing is written before the connection stands: by then it may be another hub's to send
      socket.once('connect', () => {
        const barrier = barred()
        if (barrier !== null) return fail(barrier.code, barrier.detail)
        reached = 'maybe'
        sent.end(body)
      }),
    )
    // stays on after the end: a destroyed request may still report its error
    sent.on('error', (error) =>
      codeOf(error).startsWith('HPE_')
        ? fail('malformed', 'what it answered is not HTTP')
        : fail('unreachable', reason(error)),
    )
    sent.once('response', (response) => {
      const { statusCode = 0, headers: given } = response
      const chunks: Buffer[] = []
      let size = 0
      // hostile: its size is bounded
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > maxAnswerBytes)
          fail('malformed', `more than ${maxAnswerBytes} bytes for an answer`)
        else chunks.push(chunk)
      })
      response.on('error', () => fail('malformed', 'its answer ends in the middle'))
      response.once('end', () => {
        const contentType = given['content-type'] ?? ''
        const app = String(given['x-app'] ?? '')
        const text = Buffer.concat(chunks).toString()
        end({ type: 'answer', status: statusCode, contentType, app, text })
      })
    })
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted)
  })
}
