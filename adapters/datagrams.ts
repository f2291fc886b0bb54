import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import type { Ack } from '../intents/event.ts'
import { failed } from '../intents/failure.ts'
import { codeOf, reason } from '../wire/system-reason.ts'
import { DeliveryError, type LinkContext } from './adapter.ts'

/** 100 ms: a refusal (ICMP port unreachable) is back within a few ms in a studio's network. */
const refusalMs = 100
/** 4 s: that a host is gone is known when the system gives up asking for its address, after 3 s. */
const gonePatienceMs = 4000
/** 1 s, doubling to 5 s: how often a device that is away is looked for. */
const firstLookMs = 1000
const longestLookMs = 5000
/** The first failure of a send tells of an earlier packet (RFC 1122 section 4.1.3.3), a second one of this. */
const tries = 3

/** A datagram that waits for the socket, or is sent slowly because the peer is away. */
interface Waiting {
  readonly bytes: Buffer
  /** Whether it asks before it leaves, as commands do. */
  readonly isCommand: boolean
  failures: number
  end(error: DeliveryError | null): void
}

/**
 * Datagrams to one peer over a connected socket: only such a socket hears that nobody listens. While the peer is
 * up a send is one system call and no timer. While it is away sends go out one after the other, so that a packet
 * that has to be sent twice stays in order, and a harmless `probe` looks whether somebody listens again. A peer
 * counts as up until it refuses, and until then gets nothing but what is sent.
 */
export class Datagrams {
  readonly #peer: string
  readonly #host: string
  readonly #port: number
  readonly #broadcast: boolean
  readonly #probe: Buffer
  readonly #context: Pick<LinkContext, 'changed' | 'barred'>
  readonly #got: ((bytes: Buffer) => void) | null
  readonly #answered: boolean
  readonly #waiting: Waiting[] = []
  #socket: Socket | null = null
  /** The one before, kept until the new one has a port: it must be another. */
  #last: Socket | null = null
  #connected = false
  #up = false
  #closed = false
  #sending = false
  /** How many were handed to the socket at once. */
  #handed = 0
  /** It was away: whether it is back is being found out. */
  #looking = false
  #patienceMs = refusalMs
  #lookMs = firstLookMs
  #detail = 'not opened yet'
  #settle: NodeJS.Timeout | null = null
  #look: NodeJS.Timeout | null = null

  /**
   * @param peer `broadcast`: its host may be a broadcast address, which a system sends to only when it is asked to
   * @param got is given what the peer sends; null drops it
   * @param answered answers are awaited: nothing is sent again by itself, and once the peer is away nothing that was
   *   sent before can be answered any more
   */
  constructor(
    peer: { readonly host: string; readonly port: number; readonly broadcast?: boolean },
    probe: Buffer,
    context: Pick<LinkContext, 'changed' | 'barred'>,
    got: ((bytes: Buffer) => void) | null,
    answered = false,
  ) {
    this.#answered = answered
    this.#host = peer.host
    this.#port = peer.port
    this.#broadcast = peer.broadcast ?? false
    this.#peer = `${peer.host}:${peer.port}`
    this.#probe = probe
    this.#context = context
    this.#got = got
  }

  get up(): boolean {
    return this.#up
  }

  /** Why it is not up. */
  get detail(): string {
    return this.#detail
  }

  /** Goes on from another port of this machine: answers to what was sent before do not come any more. */
  renew(): void {
    if (this.#closed || this.#socket === null) return
    this.#last?.close()
    this.#last = this.#socket
    this.#socket = null
    this.open()
  }

  /** Looks the name up and connects; returns at once. */
  open(): void {
    // IPv4 first: devices that speak UDP often have nothing else, and localhost has both
    lookup(this.#host, { verbatim: false }, (error, address, family) => {
      if (this.#closed) return
      if (error !== null) return this.#away(error)
      const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4' })
      this.#socket = socket
      this.#connected = false
      socket.on('error', (error) => {
        if (this.#socket === socket) this.#away(error)
      })
      socket.on('message', (bytes) => {
        if (this.#socket !== socket) return
        this.#cameUp()
        this.#got?.(bytes)
      })
      socket.once('connect', () => {
        if (this.#socket !== socket) return
        this.#connected = true
        this.#last?.close()
        this.#last = null
        if (!this.#looking) this.#cameUp()
        else
          socket.send(this.#probe, (error) => (error === null ? this.#await() : this.#away(error)))
        this.#pump()
      })
      // without a callback a failure comes as `error`
      if (!this.#broadcast) return socket.connect(this.#port, address)
      // only a bound socket has options
      socket.bind(() => {
        if (this.#socket !== socket) return
        socket.setBroadcast(true)
        socket.connect(this.#port, address)
      })
    })
  }

  send(bytes: Buffer, signal: AbortSignal): Promise<Ack> {
    const socket = this.#socket
    if (socket === null || !this.#up || this.#waiting.length > 0 || signal.aborted)
      return this.#slowly(bytes, signal)
    const turn = ++this.#handed
    return new Promise((resolve, reject) => {
      socket.send(bytes, (error) => {
        if (error === null) return resolve('sent')
        if (codeOf(error) !== 'EMSGSIZE') this.#away(error)
        // what was handed over after it may have left: sent again here it would come too late
        if (turn < this.#handed) return reject(this.#failure(error))
        // a promise resolved with another follows it, its failure too
        resolve(this.#slowly(bytes, signal))
      })
    })
  }

  /** Resolves once the socket is there; UDP knows no more. @throws DeliveryError */
  async test(signal: AbortSignal): Promise<string> {
    await this.#slowly(this.#probe, signal, false)
    return `a datagram left for ${this.#peer}; whether anybody listens, UDP does not tell`
  }

  close(): Promise<void> {
    this.#closed = true
    if (this.#settle !== null) clearTimeout(this.#settle)
    if (this.#look !== null) clearTimeout(this.#look)
    this.#socket?.close()
    this.#last?.close()
    this.#socket = null
    this.#last = null
    this.#detail = 'the link is closed'
    for (const waiting of this.#waiting.splice(0)) waiting.end(this.#unreachable())
    return Promise.resolve()
  }

  #slowly(bytes: Buffer, signal: AbortSignal, isCommand = true): Promise<Ack> {
    if (this.#closed || signal.aborted) return Promise.reject(this.#unreachable())
    return new Promise((resolve, reject) => {
      const aborted = () => {
        const at = this.#waiting.indexOf(waiting)
        if (at !== -1) this.#waiting.splice(at, 1)
        waiting.end(at === 0 && this.#sending ? this.#inTheAir() : this.#unreachable())
      }
      const waiting: Waiting = {
        bytes,
        isCommand,
        failures: 0,
        end(error) {
          signal.removeEventListener('abort', aborted)
          if (error === null) resolve('sent')
          else reject(error)
        },
      }
      signal.addEventListener('abort', aborted)
      this.#waiting.push(waiting)
      this.#pump()
    })
  }

  /** Sends what waits, one at a time. */
  #pump(): void {
    const socket = this.#socket
    const waiting = this.#waiting[0]
    if (socket === null || waiting === undefined || !this.#connected || this.#sending) return
    const barred = waiting.isCommand ? this.#context.barred() : null
    if (barred !== null) {
      this.#waiting.shift()
      waiting.end(new DeliveryError(barred))
      return this.#pump()
    }
    this.#sending = true
    socket.send(waiting.bytes, (error) => {
      this.#sending = false
      const over = error === null || this.#isFinal(waiting, error)
      if (over && this.#waiting[0] === waiting) this.#waiting.shift()
      if (over) waiting.end(error === null ? null : this.#failure(error))
      if (error === null) this.#await()
      else if (codeOf(error) !== 'EMSGSIZE') this.#away(error)
      this.#pump()
    })
  }

  #isFinal(waiting: Waiting, error: Error): boolean {
    return codeOf(error) === 'EMSGSIZE' || ++waiting.failures >= tries
  }

  #failure(error: Error): DeliveryError {
    return codeOf(error) === 'EMSGSIZE'
      ? new DeliveryError(failed('malformed', 'more bytes than one datagram can carry'))
      : new DeliveryError(failed('unreachable', `${this.#peer}: ${reason(error)}`))
  }

  /** A datagram left: the peer counts as up unless a refusal comes within the patience. */
  #await(): void {
    if (this.#up || this.#closed || this.#settle !== null) return
    this.#settle = setTimeout(() => this.#cameUp(), this.#patienceMs)
  }

  #cameUp(): void {
    if (this.#settle !== null) clearTimeout(this.#settle)
    if (this.#look !== null) clearTimeout(this.#look)
    this.#settle = null
    this.#look = null
    if (this.#up) return
    this.#up = true
    this.#looking = false
    this.#lookMs = firstLookMs
    this.#context.changed(true, `udp ${this.#peer}: nobody refuses what is sent there`)
  }

  #away(error: Error): void {
    if (this.#closed) return
    if (this.#settle !== null) clearTimeout(this.#settle)
    this.#settle = null
    const refused = codeOf(error) === 'ECONNREFUSED'
    this.#patienceMs = refused ? refusalMs : gonePatienceMs
    this.#up = false
    this.#looking = true
    this.#detail = refused ? `nobody listens on ${this.#peer}` : reason(error)
    if (this.#answered) {
      this.#socket?.close()
      this.#socket = null
      for (const waiting of this.#waiting.splice(0)) waiting.end(this.#unreachable())
    }
    this.#context.changed(false, refused ? this.#detail : `${this.#peer}: ${this.#detail}`)
    if (this.#look !== null) return
    // a new socket: the name may have a new address, and this machine too
    this.#look = setTimeout(() => {
      this.#look = null
      this.#socket?.close()
      this.#socket = null
      this.open()
    }, this.#lookMs)
    this.#lookMs = Math.min(this.#lookMs * 2, longestLookMs)
  }

  /** The system has it and has not said what became of it. */
  #inTheAir(): DeliveryError {
    const detail = `${this.#peer}: not known to have left in time`
    return new DeliveryError({ code: 'timeout', reached: 'maybe', detail })
  }

  #unreachable(): DeliveryError {
    return new DeliveryError(failed('unreachable', `${this.#peer}: ${this.#detail}`))
  }
}
