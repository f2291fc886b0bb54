import type { BusEvent } from '../intents/event.ts'
import { endOf } from '../intents/end.ts'
import { isDevice } from '../intents/id.ts'
import type { Submission } from '../intents/intent.ts'
import type { Entry } from './answers.ts'
import { custodyPhrase } from './custody-phrase.ts'
import { paint, plain } from './output.ts'
import {
  actorPhrase,
  clock,
  failurePhrase,
  intentPhrase,
  outcomeTone,
  span,
  valuePhrase,
} from './phrase.ts'

/** 10,000 intents under way: more than any hub has; older ones are shown by their id. */
const remembered = 10_000

/**
 * Makes lines of entries. It remembers what each id stands for, as later entries of an intent name only that. Without
 * `withId` where all of them are of one intent.
 */
export function entryLines(withId = true): (entry: Entry) => string {
  const known = new Map<string, { readonly what: string; readonly at: number }>()

  const remember = (submission: Submission, at: number) => {
    known.set(submission.id, { what: intentPhrase(submission.intent), at })
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break
      known.delete(oldest)
    }
  }

  return ({ at, event }) => {
    if (event.type === 'IntentAccepted') remember(event.submission, at)
    const end = endOf(event)
    const intent = 'intent' in event ? event.intent : null
    const life = intent === null ? undefined : known.get(intent)
    if (end !== null) known.delete(end.intent)
    const what = life?.what ?? intent ?? ''
    const since = life === undefined ? '' : `(${span(at - life.at)})`
    const [word, text] = phrase(event, what, since)
    const tone = end === null ? null : outcomeTone(end.outcome)
    const shown = word.padEnd(9)
    const id = intent ?? ('submission' in event ? event.submission.id : '')
    return [
      clock(at),
      tone === null ? shown : paint(tone, shown),
      plain(text),
      paint('faint', !withId || text.includes(id) ? '' : id),
    ]
      .join('  ')
      .trimEnd()
  }
}

/** A word for the kind of thing, and the sentence. */
function phrase(event: BusEvent, what: string, since: string): readonly [string, string] {
  switch (event.type) {
    case 'IntentAccepted':
      return ['accepted', wanted(event.submission)]
    case 'IntentRefused': {
      const word = endOf(event)?.outcome ?? 'refused'
      return [word, `${wanted(event.submission)}: ${failurePhrase(event.failure)}`]
    }
    case 'AttemptStarted':
      return ['attempt', event.attempt === 1 ? what : `${what}, attempt ${event.attempt}`]
    case 'Delivered':
      return [event.ack, `${what}  ${since}`]
    case 'AttemptFailed': {
      const why = `${what}: ${failurePhrase(event.failure)}`
      if (event.retryAt === null) return [endOf(event)?.outcome ?? 'failed', `${why}  ${since}`]
      return ['retry', `${why}; again at ${clock(event.retryAt)}`]
    }
    case 'IntentEnded': {
      const why = event.failure === null ? '' : `: ${failurePhrase(event.failure)}`
      return [event.outcome, `${what}${why}${event.by === null ? '' : ` by ${event.by}`}  ${since}`]
    }
    case 'DeviceReported':
      return ['report', `${event.device} ${event.path} is ${valuePhrase(event.value)}`]
    case 'LinkChanged':
      return [event.up ? 'link up' : 'link down', `${event.device} ${event.detail}`]
    case 'RunAdvanced': {
      const wake = event.wakeAt === null ? '' : ` until ${clock(event.wakeAt)}`
      return [
        'run',
        `${event.macro} ${event.state}, step ${event.step}${wake} ${event.detail}  ${event.run}`,
      ]
    }
    case 'LeaseTaken':
      return ['lease', `${event.lease} taken, token ${event.token}: ${event.detail}`]
    case 'LeaseGiven':
      return ['lease', `${event.lease} given up, token ${event.token}`]
    case 'HubStarted':
      return ['hub', `started, version ${event.version}, config ${event.config.slice(0, 12)}`]
    case 'HubStopped':
      return ['hub', `stopped: ${event.reason}`]
    case 'LogRecovered':
      return ['log', `a torn tail of ${event.cutBytes} bytes was cut off`]
    case 'LogGap':
      return [
        'log',
        `lost what was after ${event.after ?? 'the start'} up to ${event.until}: ${event.detail}`,
      ]
    case 'WentAlone': {
      const { length } = event.leases.filter(({ lease }) => isDevice(lease))
      return [
        'alone',
        `acts alone for ${length} device${length === 1 ? '' : 's'} since ${clock(event.since)}, and records it here later: ${event.detail}`,
      ]
    }
    case 'Rejoined': {
      const lost = event.lost.length === 0 ? '' : `; another hub took ${event.lost.join(', ')}`
      return [
        'alone',
        `acted alone from ${clock(event.since)} to ${clock(event.until)}; ${event.entries} entries were recorded later${lost}`,
      ]
    }
    case 'ClockStepped':
      return [
        'clock',
        event.wall > event.kept
          ? `was set forward to ${clock(event.wall)} from ${clock(event.kept)}; the record follows`
          : `went back to ${clock(event.wall)}; the record stays at ${clock(event.kept)}`,
      ]
    case 'ConfigChanged':
      return ['config', `${event.summary} by ${actorPhrase(event.actor)}`]
    case 'InputRejected':
      return [
        'rejected',
        `${event.surface} ${event.source}: ${failurePhrase(event.failure)} (${event.count})`,
      ]
    case 'PageTurned':
      return ['page', `${event.panel} at ${event.surface} shows page ${event.page}`]
    case 'SignalReceived':
      return [
        'signal',
        `${event.way} ${event.name} ${valuePhrase(event.value)} from ${event.source}`,
      ]
    case 'ListenerChanged':
      return [
        'listener',
        `${event.way} ${event.name} ${event.up ? 'can be reached again' : `cannot be reached: ${event.detail}`}`,
      ]
    case 'AccessRefused':
      return [
        'access',
        `refused to ${event.source} at ${event.surface}: ${event.detail} (${event.count})`,
      ]
    case 'Corrected':
    case 'LegalHoldPlaced':
    case 'LegalHoldReleased':
    case 'Redacted':
    case 'ValuesErased':
    case 'LogTrimmed':
      return custodyPhrase(event)
    case 'HeadSealed': {
      const by = event.witnesses.map(({ name }) => name).join(', ')
      return ['sealed', `${event.size} lines${by === '' ? '' : `, cosigned by ${by}`}`]
    }
    case 'HeadsDiffered':
      return [
        'sealed',
        `NOTHING more: of ${event.size} lines the root is ${event.root} here and ${event.otherRoot} at ${event.other}`,
      ]
    case 'KeyMade':
      return ['key', `made by ${actorPhrase(event.actor)}: ${event.key}`]
    case 'KeyChanged':
      return ['key', `changed by ${actorPhrase(event.actor)} from ${event.old} to ${event.next}`]
    case 'KeyRetired':
      return ['key', `destroyed, as ${actorPhrase(event.actor)} ordered: ${event.key}`]
    case 'LogRead': {
      const range = event.from === null && event.to === null ? '' : ` ${readRange(event)}`
      return [
        'read',
        `${event.route}${range} by ${actorPhrase(event.actor)} ${event.source} (${event.count})`,
      ]
    }
    default:
      return newer(event)
  }
}

function readRange({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  return `from ${from ?? 'the start'} to ${to ?? 'what comes'}`
}

/** An event of a newer hub: shown by its name rather than not at all. */
function newer(event: never): readonly [string, string] {
  const { type } = event as { readonly type: string } // every event has a type, also those not known here
  return ['event', type]
}

function wanted({ intent, actor }: Submission): string {
  return `${intentPhrase(intent)}  ${actorPhrase(actor)}`
}
