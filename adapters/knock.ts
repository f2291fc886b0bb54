import { connect } from 'node:net'
import { reason } from '../wire/system-reason.ts'

/**
 * Whether somebody listens: a TCP connection and nothing on it, the least that shows so, and no request to act on.
 * Null where it stands, else why not, in words. Never rejects.
 * @param withinMs after this a host that swallows SYNs is not there
 */
export function knock(
  { host, port }: { readonly host: string; readonly port: number },
  withinMs: number,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (why: string | null) => {
      signal.removeEventListener('abort', aborted)
      clearTimeout(timer)
      socket.destroy()
      resolve(why)
    }
    const aborted = () => end('nobody waits for it any more')
    const timer = setTimeout(() => end('it does not answer'), withinMs)
    socket.once('connect', () => end(null))
    // stays on after the end: a destroyed socket may still report its error
    socket.on('error', (error) => end(reason(error)))
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted)
  })
}
