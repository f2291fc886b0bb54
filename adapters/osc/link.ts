import type { Ack } from '../../intents/event.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { boundedReports } from '../bounded-reports.ts'
import { Datagrams } from '../datagrams.ts'
import { openPolls } from '../polls.ts'
import { encodePacket, immediately } from '../../wire/osc-encode.ts'
import { bytesOf, type OscCommand } from './command.ts'
import type { OscOptions } from './options.ts'
import { openQueries } from './queries.ts'
import { reportPacket } from './report.ts'
import { OscStream } from './stream.ts'

/** A bundle of nothing: good OSC without effect, and enough for a closed port to refuse it. */
const probe = encodePacket({ kind: 'bundle', time: immediately, elements: [] })
/** An answer is waited for until the next question is due, but not so short that a busy desk is late, nor for ever. */
const leastPollMs = 500
const mostPollMs = 5000

/** A poll of the config, checked. */
export interface OscPoll {
  readonly command: OscCommand
  readonly everyMs: number
}

/** What carries packets. */
interface Transport {
  open(): void
  send(bytes: Buffer, signal: AbortSignal): Promise<Ack>
  /** Answers to what was sent before do not come any more. */
  renew(): void
  test(signal: AbortSignal): Promise<string>
  close(): Promise<void>
}

/** Opens the link: messages and bundles out, reports in, and answers to queries among them. */
export function openLink(
  options: OscOptions,
  asked: readonly OscPoll[],
  context: LinkContext,
): Link<OscCommand> {
  const { host, port, transport } = options
  const tell = boundedReports(context)
  const queries = openQueries(`${host}:${port}`, () => carrier.renew())
  const polls = openPolls(asked, poll)
  const got = (packet: Buffer) =>
    reportPacket(packet, (address, value) => {
      tell(address, value)
      queries.heard(address)
    })
  const watched: Pick<LinkContext, 'changed' | 'barred'> = {
    barred: () => context.barred(),
    changed(up, detail) {
      context.changed(up, detail)
      if (up) return polls.start()
      polls.stop()
      queries.endAll(detail)
    },
  }
  const carrier: Transport =
    transport === 'udp'
      ? new Datagrams(options, probe, watched, got)
      : new OscStream(options, transport, watched, got)

  async function send(command: OscCommand, signal: AbortSignal): Promise<Ack> {
    const bytes = bytesOf(command, Date.now())
    const answer = command.type === 'message' ? command.answer : null
    if (answer === null) return carrier.send(bytes, signal)
    const leave = () => {
      const barrier = context.barred()
      return barrier === null
        ? carrier.send(bytes, signal)
        : Promise.reject(new DeliveryError(barrier))
    }
    await queries.ask(answer, leave, signal)
    return 'confirmed'
  }

  async function poll({ command, everyMs }: OscPoll): Promise<void> {
    try {
      await send(command, AbortSignal.timeout(Math.min(mostPollMs, Math.max(leastPollMs, everyMs))))
    } catch (error) {
      // nobody waits for it, and what it says of the link the link says itself
      if (!(error instanceof DeliveryError)) throw error
    }
  }

  carrier.open()
  return {
    send,
    test: (signal) => carrier.test(signal),
    close() {
      polls.stop()
      queries.endAll('the link was closed')
      return carrier.close()
    },
  }
}
