import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { DeliveryError } from '../adapter.ts'
import type { Peer } from './peer.ts'

/** What a status says (RFC 9110 section 15). @throws DeliveryError */
export function judged(peer: Peer, status: number): Ack {
  if (status >= 200 && status < 300) return 'confirmed'
  throw new DeliveryError(statusFailure(peer, status))
}

function statusFailure(peer: Peer, status: number): Failure {
  // overload: the device says that it did nothing, so it may be asked again
  if (status === 429 || status === 503)
    return failed('unreachable', `${peer.name} is too busy (${status})`)
  if (status >= 300 && status < 400)
    return refused(`${peer.name} sends us elsewhere (${status}), which is not followed`)
  if (status === 401 || status === 403)
    return refused(`${peer.name} wants another token, user or password (${status})`)
  return refused(`${peer.name} refused with ${status}`)
}

function refused(detail: string): Failure {
  return { code: 'refused', reached: 'yes', detail }
}
