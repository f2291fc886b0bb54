import { lookup } from 'node:dns/promises'
import { decodeAppleMidi, encodeAppleMidi } from './apple-midi.ts'
import { reason } from './system-reason.ts'
import {
  type Endpoint,
  type EndpointHost,
  type EndpointOptions,
  random32,
  waitMs,
} from './rtp-endpoint.ts'
import { openPair, type Pair, type Port } from './rtp-pair.ts'
import { Session } from './rtp-session.ts'

/** An invitation is repeated after so long, so often, before the peer counts as not there. */
const askMs = 1000
const asks = 3

/** Where an attempt is: its ports, and which of them the peer is asked on. */
interface Attempt {
  readonly token: number
  readonly pair: Pair
  port: Port
  asked: number
}

/** Invites a peer until it is in a session, and again when the session is lost. */
export class Inviter implements Endpoint {
  readonly #options: EndpointOptions
  readonly #host: EndpointHost
  readonly #ssrc = random32()
  #session: Session | null = null
  #pair: Pair | null = null
  #attempt: Attempt | null = null
  /** Counts attempts, so that what a former one still brings is known as such. */
  #round = 0
  #failures = 0
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: EndpointOptions, host: EndpointHost) {
    this.#options = options
    this.#host = host
  }

  get port(): number {
    return this.#pair?.port ?? 0
  }

  get session(): Session | null {
    return this.#session
  }

  open(): void {
    const round = ++this.#round
    this.#try(round).catch((error: unknown) => this.#lost(round, reason(error)))
  }

  close(farewell: boolean): void {
    this.#closed = true
    this.#end(farewell)
  }

  async #try(round: number): Promise<void> {
    const { host, port } = this.#options
    // IPv4 first: devices with network MIDI often have nothing else
    const { address, family } = await lookup(host, { verbatim: false })
    const from = { address: family === 6 ? '::' : '0.0.0.0', port: 0 }
    const pair = await openPair(
      from,
      { address, port },
      {
        got: (which, bytes) => this.#got(round, which, bytes),
        failed: (error) => this.#lost(round, reason(error)),
      },
    )
    if (this.#closed || round !== this.#round) return pair.close()
    this.#pair = pair
    this.#attempt = { token: random32(), pair, port: 'control', asked: 0 }
    this.#ask(round)
  }

  #ask(round: number): void {
    const attempt = this.#attempt
    if (attempt === null) return
    if (attempt.asked++ === asks) return this.#lost(round, 'it does not answer the invitation')
    const { token, pair, port } = attempt
    const { shownAs: name } = this.#options
    const invitation = { kind: 'invitation', token, ssrc: this.#ssrc, name } as const
    pair.send(port, encodeAppleMidi(invitation), null, (error) => {
      if (error !== null) this.#lost(round, reason(error))
    })
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(round), askMs)
  }

  /** Hostile. */
  #got(round: number, which: Port, bytes: Buffer): void {
    if (round !== this.#round) return
    if (this.#session !== null) return this.#session.got(bytes)
    const attempt = this.#attempt
    const packet = decodeAppleMidi(bytes)
    if (attempt === null || packet === null || !('token' in packet)) return
    if (packet.token !== attempt.token || which !== attempt.port) return
    if (packet.kind === 'declined') return this.#lost(round, 'it declined the invitation')
    if (packet.kind !== 'accepted') return
    if (which === 'data') return this.#begin(round, attempt, packet.ssrc, packet.name)
    attempt.port = 'data'
    attempt.asked = 0
    this.#ask(round)
  }

  #begin(round: number, { token, pair }: Attempt, peerSsrc: number, name: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#attempt = null
    this.#failures = 0
    const { journal, silenceMs, confirm, host } = this.#options
    const peerName = name === '' ? host : name
    const parties = { ssrc: this.#ssrc, peerSsrc, peerName, token, isInviter: true }
    const session = new Session(
      parties,
      { journal, silenceMs, names: confirm === 'feedback' },
      {
        send: (port, packet, done) =>
          pair.send(port, packet, null, (error) => {
            done(error)
            if (error !== null) this.#lost(round, reason(error))
          }),
        got: (message) => this.#host.got(message),
        lost: (packets) => this.#host.lost(packets),
        ended: (detail) => this.#lost(round, detail),
        tells: () => this.#host.tells(),
      },
    )
    this.#session = session
    this.#host.up(session)
  }

  #lost(round: number, detail: string): void {
    if (this.#closed || round !== this.#round) return
    // the sooner the peer hears that it is over, the sooner it takes a new invitation
    this.#end(true)
    this.#timer = setTimeout(() => this.open(), waitMs(this.#failures++))
    this.#host.down(detail)
  }

  #end(farewell: boolean): void {
    this.#round++
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#session?.close(farewell)
    this.#session = null
    this.#attempt = null
    this.#pair?.close()
    this.#pair = null
  }
}
