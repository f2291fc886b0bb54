import { Acceptor } from '../../wire/rtp-acceptor.ts'
import type { EndpointHost, EndpointOptions } from '../../wire/rtp-endpoint.ts'
import { Inviter } from '../../wire/rtp-inviter.ts'
import type { Session } from '../../wire/rtp-session.ts'
import { checkHost, type ListenOptions, listenFault, place } from '../listen.ts'
import type { ConsoleWire, ConsoleWireEvents } from './wire.ts'

/** As it shows itself to its peer. */
const shownAs = 'InfraFabric'

export interface NetworkOptions extends ListenOptions {
  /** The console's name or address; to an acceptor `*` for anyone's. */
  readonly console: string
  readonly silenceMs: number
}

/** A console with network MIDI (RTP-MIDI, AppleMIDI), or behind a computer or box that has it. */
export function networkWire(
  name: string,
  via: 'invite' | 'accept',
  options: NetworkOptions,
  events: ConsoleWireEvents,
): ConsoleWire {
  let session: Session | null = null
  const host: EndpointHost = {
    up(began) {
      session = began
      events.up(`in a session with ${began.parties.peerName}`)
    },
    down(detail) {
      session = null
      events.down(detail)
    },
    got: (message) => events.got(message),
    // the journal has put right what it can: faders and keys
    lost: () => {},
    tells: () => true,
  }
  const own: EndpointOptions = {
    host: options.console,
    port: options.port,
    bind: options.host,
    shownAs,
    journal: true,
    silenceMs: options.silenceMs,
    confirm: 'sent',
  }
  const endpoint = via === 'invite' ? new Inviter(own, host) : new Acceptor(own, host)
  return {
    get where() {
      if (via === 'invite') return `network MIDI with ${place(options.console, options.port)}`
      return `network MIDI on udp ${place(options.host, endpoint.port)}`
    },
    async open() {
      if (!(endpoint instanceof Acceptor)) return endpoint.open()
      checkHost(name, options)
      try {
        await endpoint.listen()
      } catch (cause) {
        throw listenFault(name, 'udp', options, cause)
      }
    },
    send(messages, done) {
      if (session === null) return done()
      session.send(messages, done)
    },
    close() {
      session = null
      endpoint.close(true)
    },
  }
}
