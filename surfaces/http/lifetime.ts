import type { Writable } from 'node:stream'

/** How long somebody waits for an answer: aborts when the peer goes, the server closes, or the caller says so. */
export interface Lifetime {
  readonly signal: AbortSignal
  readonly end: () => void
}

/** MUST be ended by the caller, which takes its listeners off again. */
export function lifetime(peer: Writable, closing: AbortSignal): Lifetime {
  const own = new AbortController()
  const end = () => {
    peer.off('close', end)
    closing.removeEventListener('abort', end)
    own.abort()
  }
  peer.on('close', end)
  closing.addEventListener('abort', end)
  if (peer.destroyed || closing.aborted) end()
  return { signal: own.signal, end }
}
