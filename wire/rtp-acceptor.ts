import { lookup } from 'node:dns/promises'
import { type AppleMidi, decodeAppleMidi, encodeAppleMidi } from './apple-midi.ts'
import { codeOf, reason } from './system-reason.ts'
import {
  type Endpoint,
  type EndpointHost,
  type EndpointOptions,
  random32,
  waitMs,
} from './rtp-endpoint.ts'
import { type Address, openPair, type Pair, type Port } from './rtp-pair.ts'
import { Session } from './rtp-session.ts'

/** An invitation that was accepted on the control port and waits for the one on the data port, or is a session. */
interface Guest {
  readonly token: number
  readonly ssrc: number
  readonly name: string
  readonly control: Address
}

/** Waits for an invitation, from whom it may come, and keeps one session at a time. */
export class Acceptor implements Endpoint {
  readonly #options: EndpointOptions
  readonly #host: EndpointHost
  readonly #ssrc = random32()
  #pair: Pair | null = null
  #guest: Guest | null = null
  #session: Session | null = null
  /** The address whose invitation is accepted; null: anyone's. */
  #allowed: string | null = null
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
    this.listen().catch((error: unknown) => {
      if (this.#closed) return
      const { port } = this.#options
      const taken = codeOf(error) === 'EADDRINUSE'
      const detail = taken ? `port ${port} or ${port + 1} is in use` : reason(error)
      // whoever has the port may leave it
      this.#timer = setTimeout(() => this.open(), waitMs(this.#failures++))
      this.#host.down(detail)
    })
  }

  /** Listens. @throws Error of the system, where the ports are not to be had */
  async listen(): Promise<void> {
    const { host, bind, port } = this.#options
    this.#allowed = host === '*' ? null : (await lookup(host, { verbatim: false })).address
    const pair = await openPair({ address: bind, port }, null, {
      got: (which, bytes, from) => this.#got(which, bytes, from),
      failed: () => {
        // an answer to somebody who is gone was refused: its session ends by its silence
      },
    })
    if (this.#closed) return pair.close()
    this.#pair = pair
    this.#failures = 0
    this.#host.down(`waits for an invitation on port ${pair.port}`)
  }

  close(farewell: boolean): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#end(farewell)
    this.#pair?.close()
    this.#pair = null
  }

  /** Hostile: only invitations, and what comes from the address of the guest, are looked at. */
  #got(which: Port, bytes: Buffer, from: Address): void {
    if (this.#allowed !== null && from.address !== this.#allowed) return
    const packet = decodeAppleMidi(bytes)
    if (packet?.kind === 'invitation') return this.#invited(which, packet, from)
    if (this.#guest?.control.address === from.address) this.#session?.got(bytes)
  }

  #invited(
    which: Port,
    { token, ssrc, name }: Extract<AppleMidi, { readonly name: string }>,
    from: Address,
  ): void {
    const guest = this.#guest
    const isSame = guest?.token === token && guest.ssrc === ssrc
    // somebody else's session stays; the same host that asks anew has begun anew
    if (this.#session !== null && guest?.control.address !== from.address)
      return this.#answer(which, { kind: 'declined', token, ssrc: this.#ssrc }, from)
    if (!isSame) {
      if (which === 'data')
        return this.#answer(which, { kind: 'declined', token, ssrc: this.#ssrc }, from)
      this.#lost(`${name} invites anew`)
      this.#guest = { token, ssrc, name: name === '' ? from.address : name, control: from }
    }
    this.#answer(
      which,
      { kind: 'accepted', token, ssrc: this.#ssrc, name: this.#options.shownAs },
      from,
    )
    if (which === 'data' && this.#session === null && this.#guest !== null)
      this.#begin(this.#guest, from)
  }

  #answer(which: Port, packet: AppleMidi, to: Address): void {
    // whoever does not get it asks again
    this.#pair?.send(which, encodeAppleMidi(packet), to, () => {})
  }

  #begin({ token, ssrc, name, control }: Guest, data: Address): void {
    const { journal, silenceMs, confirm } = this.#options
    const parties = { ssrc: this.#ssrc, peerSsrc: ssrc, peerName: name, token, isInviter: false }
    const session = new Session(
      parties,
      { journal, silenceMs, names: confirm === 'feedback' },
      {
        send: (port, bytes, done) => {
          const to = port === 'control' ? control : data
          if (this.#pair === null) done(new Error('the ports are closed'))
          else this.#pair.send(port, bytes, to, done)
        },
        got: (message) => this.#host.got(message),
        lost: (packets) => this.#host.lost(packets),
        ended: (detail) => this.#lost(detail),
        tells: () => this.#host.tells(),
      },
    )
    this.#session = session
    this.#host.up(session)
  }

  #lost(detail: string): void {
    if (this.#session === null || this.#closed) return
    this.#end(true)
    this.#host.down(`${detail}; waits for an invitation on port ${this.port}`)
  }

  #end(farewell: boolean): void {
    this.#session?.close(farewell)
    this.#session = null
    this.#guest = null
  }
}
