import { Buffer } from 'node:buffer'
import { failed, type Failure } from '../intents/failure.ts'
import type { Frame } from '../wire/frame.ts'
import { deframer, framed, type Framing } from '../wire/framing.ts'
import type { Carriage, CarriageEvents } from './carriage.ts'
import { Datagrams } from './datagrams.ts'
import { sendFailure } from './send-failure.ts'

/** What one datagram can carry over IPv4 (RFC 768, RFC 791). */
export const maxDatagramBytes = 65_507

/** An empty datagram is the least that makes a closed port refuse. */
export const emptyProbe = Buffer.alloc(0)

/** What a datagram holds; its end is the end of its last line, too. */
export function framesOf(framing: Framing, datagram: Buffer): readonly Frame[] {
  const frames = deframer(framing, maxDatagramBytes)
  return framing.type === 'line'
    ? [...frames.push(datagram), ...frames.push(Buffer.of(0x0a))]
    : frames.push(datagram)
}

/** Answers in datagrams. What comes after its time goes to a port that is closed, and so confirms nothing. */
export function datagramCarriage(
  to: { readonly host: string; readonly port: number },
  framing: Framing,
  events: CarriageEvents,
): Carriage {
  const peer = `${to.host}:${to.port}`
  const changed = (up: boolean, detail: string) =>
    up ? events.up(detail) : events.down(datagrams.detail)
  const got = (datagram: Buffer) => {
    for (const frame of framesOf(framing, datagram)) events.frame(frame)
  }
  const datagrams = new Datagrams(to, emptyProbe, { changed, barred: () => null }, got, true)
  const send = async (
    bytes: Buffer,
    signal: AbortSignal,
    done: (failure: Failure | null) => void,
  ): Promise<void> => {
    let failure: Failure | null = null
    try {
      await datagrams.send(bytes, signal)
    } catch (error) {
      failure = sendFailure(error)
    }
    done(failure)
  }
  return {
    peer,
    get up() {
      return datagrams.up
    },
    get detail() {
      return datagrams.detail
    },
    open: () => datagrams.open(),
    write({ bytes }, signal, done) {
      let made: Buffer
      try {
        made = framed(framing, bytes)
      } catch (error) {
        if (error instanceof RangeError)
          return done(failed('malformed', `${peer}: framing: ${error.message}`))
        throw error
      }
      void send(made, signal, done)
    },
    drop: () => datagrams.renew(),
    close: () => void datagrams.close(),
  }
}
