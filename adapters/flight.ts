import type { Ack } from '../intents/event.ts'
import type { Failure } from '../intents/failure.ts'
import { DeliveryError } from './adapter.ts'
import type { TextCommand } from './text-request.ts'

/** A command that has no end yet: it waits for its carriage, or it was handed over. */
export interface Flight {
  readonly command: TextCommand
  /** Its number, where its answer repeats it; null where the answer is told by its looks, or none is awaited. */
  readonly number: number | null
  readonly signal: AbortSignal
  /** Settles with its end. */
  readonly ended: Promise<Ack>
  /** The system has all its bytes; from now on its answer may take that long. Milliseconds; null: as the signal says. */
  flushed(replyMs: number | null): void
  readonly isFlushed: boolean
  end(result: Ack | Failure): void
}

export interface FlightEvents {
  /** Its signal aborted, or its answer took too long. MUST end it. */
  late(flight: Flight): void
  /** It has its end: its link forgets it. */
  over(flight: Flight): void
}

export function openFlight(
  command: TextCommand,
  number: number | null,
  signal: AbortSignal,
  { late, over }: FlightEvents,
): Flight {
  let settle: (result: Ack | Failure) => void = () => {}
  const ended = new Promise<Ack>((resolve, reject) => {
    settle = (result) =>
      typeof result === 'string' ? resolve(result) : reject(new DeliveryError(result))
  })
  const overdue = () => late(flight)
  let timer: NodeJS.Timeout | null = null
  let isFlushed = false
  const flight: Flight = {
    command,
    number,
    signal,
    ended,
    flushed(replyMs) {
      isFlushed = true
      if (replyMs !== null && command.answer !== null) timer = setTimeout(overdue, replyMs)
    },
    get isFlushed() {
      return isFlushed
    },
    end(result) {
      if (timer !== null) clearTimeout(timer)
      signal.removeEventListener('abort', overdue)
      over(flight)
      settle(result)
    },
  }
  signal.addEventListener('abort', overdue)
  return flight
}
