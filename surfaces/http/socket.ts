import { setMaxListeners } from 'node:events'
import type { WebSocket } from '@fastify/websocket'
import type { Ended, Receipt } from '../surface.ts'
import { entriesAfter, startOf } from './after.ts'
import type { Console } from './console.ts'
import { inbox } from './inbox.ts'
import { jsonOfText } from './json-body.ts'
import { outbox } from './outbox.ts'
import { fault, problem, refusalProblem } from './problem.ts'
import { problemOf } from './problem-of.ts'
import { reject } from './reject.ts'
import { SocketRequest } from './schema/socket.ts'
import { shape } from './shape.ts'
import { apiActor, askerOf, handOn, intentOf, submissionOf } from './wish.ts'

const requests = shape(SocketRequest)

type Ref = string | number | null
type Submit = Extract<SocketRequest, { type: 'submit' }>
type Gesture = Extract<SocketRequest, { type: 'gesture' }>
type Subscribe = Extract<SocketRequest, { type: 'subscribe' }>

/** Who is at the other end. */
export interface Peer {
  readonly owner: string | null
  readonly source: string
}

/**
 * One connection of the stream: each `submit` and each `gesture` is one submission, in the order in which they
 * came; entries and answers are never left out, faces may be (see outbox). Says when a request made no sense.
 */
export function serveSocket(
  socket: WebSocket,
  hub: Console,
  peer: Peer,
  { closing, heartbeatMs }: { readonly closing: AbortSignal; readonly heartbeatMs: number },
): void {
  const gone = new AbortController()
  setMaxListeners(0, gone.signal) // one listener for each intent that is waited for
  const out = outbox(socket, () => box.look())
  const box = inbox(socket, out.behind)
  let journal: AbortController | null = null
  let offFaces: (() => void) | null = null
  let offRuns: (() => void) | null = null

  const offHeartbeat = heartbeat(socket, heartbeatMs)
  const goAway = () => socket.close(1001, 'the hub is going down')
  closing.addEventListener('abort', goAway)
  socket.on('close', () => {
    closing.removeEventListener('abort', goAway)
    offHeartbeat()
    offFaces?.()
    offRuns?.()
    gone.abort()
  })

  const { site, hub: name, version, log } = hub.status()
  out.say({ type: 'hello', site, hub: name, version, head: log.head, owner: peer.owner })

  socket.on('message', (bytes, isBinary) => {
    box.took()
    // each call reaches the hub before the next message is read, so gestures keep their order
    void answer(bytes, isBinary).finally(() => box.answered())
  })

  async function answer(bytes: unknown, isBinary: boolean): Promise<void> {
    let ref: Ref = null
    try {
      // hostile bytes; ws bounds their size and has checked the UTF-8 of a text frame (RFC 6455 section 8.1)
      if (isBinary) throw fault('unsupported-media-type', 'Send text frames that hold JSON.')
      const request: unknown = jsonOfText(String(bytes))
      ref = refOf(request)
      if (!requests.check(request)) throw requests.fault(request, 'bad-argument')
      switch (request.type) {
        case 'submit':
          return await submit(request)
        case 'gesture':
          return await gesture(request)
        case 'subscribe':
          return await subscribe(request, ref)
        default:
          return request satisfies never
      }
    } catch (error) {
      const said = problemOf(error)
      reject(hub, peer.source, said, error)
      out.say({ type: 'problem', ref, problem: said })
    }
  }

  async function submit(request: Submit): Promise<void> {
    const receipt = await hub.submit({
      intent: intentOf(request.intent),
      actor: askerOf(request.intent.verb, request.operator, peer.owner),
      source: peer.source,
      ...submissionOf(request),
    })
    settle(request.ref, receipt)
  }

  async function gesture(request: Gesture): Promise<void> {
    const { page, row, col, ref } = request
    const place = { page, row, col }
    const receipts = await hub.gesture(place, request.gesture, {
      actor: handOn(place, request.operator, peer.owner),
      source: peer.source,
      ...submissionOf(request),
    })
    if (receipts === null)
      throw fault('unknown-control', `There is no control at ${page}/${row}/${col}.`)
    // bound to nothing: answered all the same, so that the peer need not wonder
    if (receipts.length === 0)
      out.say({ type: 'accepted', ref, id: null, position: null, duplicate: false })
    for (const receipt of receipts) settle(ref, receipt)
  }

  function settle(ref: Ref, receipt: Receipt): void {
    const { id, position, duplicate, refusal } = receipt
    if (refusal !== null) {
      out.say({ type: 'problem', ref, problem: refusalProblem(refusal, receipt) })
      return
    }
    out.say({ type: 'accepted', ref, id, position, duplicate })
    hub.ended(id, gone.signal).then(
      ({ outcome, failure }: Ended) => out.say({ type: 'ended', ref, id, outcome, failure }),
      (error: unknown) => {
        if (!gone.signal.aborted) out.say({ type: 'problem', ref, problem: problemOf(error) })
      },
    )
  }

  async function subscribe({ events, panel, runs }: Subscribe, ref: Ref): Promise<void> {
    if (panel === false) {
      offFaces?.()
      offFaces = null
    } else if (panel === true) {
      // listening before looking: no change falls between
      offFaces ??= hub.onFace(out.face)
      out.say({ type: 'panel', ...hub.panel() })
    }
    if (runs === false) {
      offRuns?.()
      offRuns = null
    } else if (runs === true) {
      offRuns ??= hub.onRun(out.run)
      out.say({ type: 'runs', runs: hub.runs() })
    }
    if (events === undefined) return
    journal?.abort()
    journal = null
    if (events === false) return
    const mine = new AbortController()
    journal = mine
    gone.signal.addEventListener('abort', () => mine.abort(), { signal: mine.signal })
    const after = events === true ? undefined : events.after
    const entries = await entriesAfter(hub, after, mine.signal)
    const { source, owner } = peer
    const from = startOf(hub, after)
    hub.read({ actor: apiActor(owner), source, route: 'stream', from, to: null })
    void pump(entries, mine.signal).catch((error: unknown) => {
      if (!mine.signal.aborted) out.say({ type: 'problem', ref, problem: problemOf(error) })
    })
  }

  async function pump(entries: Awaited<ReturnType<typeof entriesAfter>>, signal: AbortSignal) {
    let next = await entries.first
    while (next.done !== true && !signal.aborted) {
      await out.follow({ type: 'entry', ...next.value })
      next = await entries.next()
    }
  }
}

/** The connection broke without a word when a ping stays unanswered for a whole round. */
function heartbeat(socket: WebSocket, everyMs: number): () => void {
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  const timer = setInterval(() => {
    // while we do not read, no pong can come in
    if (!alive && !socket.isPaused) return socket.terminate()
    alive = false
    socket.ping()
  }, everyMs)
  return () => clearInterval(timer)
}

function refOf(request: unknown): Ref {
  if (typeof request !== 'object' || request === null || !('ref' in request)) return null
  const { ref } = request
  return typeof ref === 'number' || (typeof ref === 'string' && ref.length <= 64) ? ref : null
}

/** What a plain GET of the stream is told. */
export const upgradeNeeded = problem('upgrade-required', 'Open this address as a WebSocket.')
