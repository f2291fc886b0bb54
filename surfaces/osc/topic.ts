import type { OscArg } from '../../wire/osc-arg.ts'
import { shown } from '../asked.ts'

/** What a client wants to hear: faces of one page or of all, states of one device or of all, or both. */
export type Topic = 'all' | 'faces' | 'states' | `faces/${string}` | `states/${string}`

export type FeedbackAsked =
  | { readonly kind: 'subscribe'; readonly topic: Topic; readonly port: number | null }
  | { readonly kind: 'unsubscribe'; readonly port: number | null }
  /** `port`: where it is told, as above. */
  | { readonly kind: 'wrong'; readonly port: number | null; readonly detail: string }

/**
 * What a message about feedback asks for; null where it is about something else. `/if/subscribe`, `/if/subscribe/faces`,
 * `/if/subscribe/faces/<page>`, `/if/subscribe/states`, `/if/subscribe/states/<device>`, each with the port to answer to, if
 * that is not the one it came from; `/if/unsubscribe`.
 */
export function feedbackOf(address: string, args: readonly OscArg[]): FeedbackAsked | null {
  const isEnd = address === '/if/unsubscribe'
  if (!isEnd && address !== '/if/subscribe' && !address.startsWith('/if/subscribe/')) return null
  const port = portOf(args[0])
  if (port === undefined)
    return {
      kind: 'wrong',
      port: null,
      detail: 'a subscription takes one number: the port to answer to, 2 to 65535',
    }
  if (isEnd) return { kind: 'unsubscribe', port }
  const [, , , what = 'all', which, extra] = address.split('/')
  const topic = topicOf(what, which)
  if (topic === null || extra !== undefined)
    return {
      kind: 'wrong',
      port,
      detail: `${shown(address)} is not /if/subscribe, /if/subscribe/faces[/<page>] or /if/subscribe/states[/<device>]`,
    }
  return { kind: 'subscribe', topic, port }
}

function topicOf(what: string, which: string | undefined): Topic | null {
  if (what === 'all') return which === undefined ? 'all' : null
  if (what !== 'faces' && what !== 'states') return null
  if (which === undefined) return what
  const isOne = what === 'faces' ? /^[1-9]\d{0,5}$/ : /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
  return isOne.test(which) ? `${what}/${which}` : null
}

/** null for none; undefined for what is none. A button sends its 1 along: a port below 2 is no port. */
function portOf(arg: OscArg | undefined): number | null | undefined {
  if (arg === undefined || arg.value === 1 || arg.value === true) return null
  const port = arg.value
  return typeof port === 'number' && Number.isInteger(port) && port > 1 && port <= 65_535
    ? port
    : undefined
}
