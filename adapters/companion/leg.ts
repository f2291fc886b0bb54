import type { Ack } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import type { CompanionCommand } from './command.ts'
import type { Transport } from './options.ts'

/** One way to a Companion. */
export interface Leg {
  readonly transport: Transport
  /** Sends what {@link carries} says that it can. @throws DeliveryError only */
  send(command: CompanionCommand, signal: AbortSignal): Promise<Ack>
  /** @throws DeliveryError only */
  test(signal: AbortSignal): Promise<string>
  close(): void
}

/** What a leg tells its link. */
export interface LegContext {
  changed(up: boolean, detail: string): void
  report(path: string, value: Json): void
  /** As `LinkContext.barred`. */
  barred(): Failure | null
}

/** Companion has it and says no. */
export function refusal(detail: string): DeliveryError {
  return new DeliveryError({ code: 'refused', reached: 'yes', detail: detail.slice(0, 500) })
}

/** A failure in the middle of several: what came before has left. */
export function inTheMiddle(error: unknown, sent: number): unknown {
  if (!(error instanceof DeliveryError) || sent === 0 || error.failure.reached !== 'no')
    return error
  const failure: Failure = { ...error.failure, reached: 'maybe' }
  return new DeliveryError(failure, { cause: error })
}

/** A device's words for people: short, and nothing that moves a terminal's cursor. */
export function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const shown = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
  return shown.slice(0, 200).trim()
}
