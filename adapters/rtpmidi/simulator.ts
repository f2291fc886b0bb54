import { type MidiMessage, midiText } from '../../wire/midi.ts'
import { Acceptor } from '../../wire/rtp-acceptor.ts'
import type { Endpoint, EndpointHost, EndpointOptions } from '../../wire/rtp-endpoint.ts'
import { Inviter } from '../../wire/rtp-inviter.ts'
import { openPair } from '../../wire/rtp-pair.ts'
import { type Fault, Received, type Simulator, type SimulatorOptions } from '../simulator.ts'
import type { RtpMidiOptions } from './options.ts'

export interface RtpMidiSimulatorOptions extends SimulatorOptions {
  /** As the device's option: accept makes the simulator the one who invites, on `port`. Default invite. */
  readonly session?: RtpMidiOptions['session']
  /** Whether what it sends carries the recovery journal. Default true. */
  readonly journal?: boolean
  /** Default 1000. */
  readonly silenceMs?: number
}

export interface RtpMidiSimulator extends Simulator {
  /** Sends messages to its peer; nothing while there is none. */
  say(messages: readonly MidiMessage[]): void
  /** Ends the session with a farewell. */
  leave(): void
  /** How many packets of the adapter it missed. */
  missed(): number
}

/**
 * A peer with network MIDI, as a stage box or another computer is one. It takes whatever comes and tells that it came;
 * under `hang` it takes it and does not tell. MIDI knows no refusal, so it shows no other faults.
 */
export async function simulate(options: RtpMidiSimulatorOptions = {}): Promise<RtpMidiSimulator> {
  const received = new Received()
  const host = options.host === undefined || options.host === '*' ? '127.0.0.1' : options.host
  const invites = options.session === 'accept'
  let fault: Fault = 'none'
  let missed = 0
  const asked = options.port ?? 0
  const port = invites && asked === 0 ? await freePort(host) : asked
  const own: EndpointOptions = {
    host: invites ? host : '*',
    port,
    bind: host,
    shownAs: 'Simulated stage box',
    journal: options.journal ?? true,
    silenceMs: options.silenceMs ?? 1000,
    confirm: 'sent',
  }
  const side: EndpointHost = {
    up: () => {},
    down: () => {},
    got: (message) => received.add(midiText(message)),
    lost: (packets) => (missed += packets),
    tells: () => fault !== 'hang',
  }
  let endpoint: Endpoint
  if (invites) {
    endpoint = new Inviter(own, side)
    endpoint.open()
  } else {
    const acceptor = new Acceptor(own, side)
    await acceptor.listen()
    endpoint = acceptor
  }
  return {
    host,
    port: invites ? port : endpoint.port,
    received: () => received.list(),
    count: () => received.count,
    until: (count, signal) => received.until(count, signal),
    fault: (next) => (fault = next),
    release: () => {},
    say: (messages) => void endpoint.session?.send(messages, () => {}),
    leave: () => endpoint.session?.close(true),
    missed: () => missed,
    close() {
      received.close()
      endpoint.close(false)
      return Promise.resolve()
    },
  }
}

/** A pair of ports that is free now, for the adapter to listen on. */
async function freePort(address: string): Promise<number> {
  const pair = await openPair({ address, port: 0 }, null, { got: () => {}, failed: () => {} })
  pair.close()
  return pair.port
}
