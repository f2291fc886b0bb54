import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import { LogError } from '../log.ts'

/** The server gave no clear answer: it may have done what was asked, and may answer in a moment. */
export class Unclear extends LogError {}

/** What an error of the client means for who asked. */
export type Fault =
  /** The stream does not end where the append expected it to. */
  | { readonly type: 'conflict' }
  /** There is no such stream: it has no lines yet. */
  | { readonly type: 'missing' }
  /** A clear no: nothing was done, and asking again changes nothing. */
  | { readonly type: 'refused'; readonly error: LogError }
  | { readonly type: 'unclear'; readonly error: Unclear }

/** gRPC status codes (its document statuscodes.md) that are a clear no, with what to do about them. */
const refusals: Readonly<Record<number, string>> = {
  3: 'the server does not accept the request: look at its version and its limits (MaxAppendSize, MaxAppendEventSize)',
  7: 'the server denies it: give the user the right to read and write this stream',
  8: 'the server is at a limit: look at its limits for the size of a message',
  12: 'this server does not know the streams service: is it EventStoreDB or KurrentDB 20.6 or newer?',
}

/** What {@link Fault} an error is that the client threw about `stream` at `server`. */
export function faultOf(cause: unknown, server: string, stream: string): Fault {
  if (cause instanceof WrongExpectedVersionError) return { type: 'conflict' }
  if (cause instanceof StreamNotFoundError) return { type: 'missing' }
  const refused = (what: string): Fault => ({
    type: 'refused',
    error: new LogError('io', `${server}, stream ${stream}: ${what}`, { cause }),
  })
  if (cause instanceof AccessDeniedError)
    return refused(
      'the server denies access: check user name and password in the URL, and the rights on this stream',
    )
  if (cause instanceof StreamDeletedError)
    return refused(
      'the stream was deleted for good (a tombstone): no stream of this name can ever be written again; take another site name or another server',
    )
  if (cause instanceof MaxAppendSizeExceededError)
    return refused(
      `more than the server takes in one append (${cause.maxAppendSize} bytes): raise MaxAppendSize in its config`,
    )
  const refusal = refusals[grpcCodeOf(cause) ?? -1]
  if (refusal !== undefined) return refused(refusal)
  return {
    type: 'unclear',
    error: new Unclear('io', `${server}: ${adviceOn(textOf(cause))}`, { cause }),
  }
}

/** What to do where the server did not answer; `text` is what the client said of it. */
function adviceOn(text: string): string {
  const said = `(${text.slice(0, 200)})`
  if (/certificate|self.signed|altname/i.test(text))
    return `the server's certificate is not trusted ${said}; name its authority with tlsCAFile=PATH in the URL, and a host the certificate is for`
  if (/ssl|tls|wrong version number|protocol error|EPROTO/i.test(text))
    return `one side speaks TLS and the other does not ${said}; a server without it needs tls=false in the URL`
  return `the server does not answer ${said}; check that it runs, the URL, and that a server without TLS has tls=false in it`
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function grpcCodeOf(cause: unknown): number | null {
  return typeof cause === 'object' &&
    cause !== null &&
    'code' in cause &&
    typeof cause.code === 'number'
    ? cause.code
    : null
}
