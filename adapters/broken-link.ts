import { failed } from '../intents/failure.ts'
import { DeliveryError, type Link, type LinkContext } from './adapter.ts'

/** The link of a config that cannot be used: says so to everybody. */
export function brokenLink<Command>(fault: string, context: LinkContext): Link<Command> {
  context.changed(false, fault)
  const fail = () => Promise.reject(new DeliveryError(failed('malformed', fault)))
  return { send: fail, test: fail, close: () => Promise.resolve() }
}
