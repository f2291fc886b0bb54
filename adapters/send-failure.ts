import type { Failure } from '../intents/failure.ts'
import { DeliveryError } from './adapter.ts'

/** What a link's rejection says of how far the command got. Anything but a DeliveryError is a fault of the adapter. */
export function sendFailure(error: unknown): Failure {
  if (error instanceof DeliveryError) return error.failure
  const detail = `the adapter itself failed: ${error instanceof Error ? error.message : String(error)}`
  return { code: 'timeout', reached: 'maybe', detail }
}
