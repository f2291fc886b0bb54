// @ts-check
/** @import { Subject } from '../intents/custody-event.js' */
/** @import { BusEvent } from '../intents/event.js' */
/** @import { Actor, Intent } from '../intents/intent.js' */
/** @import { Json } from '../intents/json.js' */
/** @import { EntryView } from '../surfaces/http/record-view.js' */

/** Longest value shown in a sentence; the rest is in the intent's life. */
const valueChars = 60

/** @param {Actor} actor @returns {string} */
export function who(actor) {
  switch (actor.type) {
    case 'operator':
      return actor.id
    case 'api':
      return `${actor.id} (API)`
    case 'agent':
      return `${actor.id} for ${actor.onBehalfOf}`
    case 'macro':
      return `macro ${short(actor.run)}`
    case 'trigger':
      return actor.id
    default:
      return /** @satisfies {never} */ (actor)
  }
}

/**
 * The part of `operator:anna` that people say.
 *
 * @param {string} name as `actorName` writes it
 */
export function whoShort(name) {
  const colon = name.indexOf(':')
  return name.startsWith('macro:') || colon < 0 ? name.split(':', 1).join() : name.slice(colon + 1)
}

/** @param {string} id an intent's or a run's; its last part differs most */
export function short(id) {
  return id.length > 8 ? `…${id.slice(-6)}` : id
}

/** @param {Json | undefined} value */
export function valueText(value) {
  if (value === undefined) return '—'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > valueChars ? `${text.slice(0, valueChars)}…` : text
}

/** @param {Json} args */
function argsText(args) {
  if (args === null || (typeof args === 'object' && Object.keys(args).length === 0)) return ''
  if (Array.isArray(args)) return ` ${args.map(valueText).join(' ')}`
  if (typeof args === 'object')
    return ` ${Object.entries(args)
      .map(([key, value]) => `${key}=${valueText(value)}`)
      .join(' ')}`
  return ` ${valueText(args)}`
}

/** What was wanted, without whom and where. @param {Intent} intent @returns {string} */
export function what(intent) {
  switch (intent.verb) {
    case 'set':
      return `${intent.path} = ${valueText(intent.value)}`
    case 'fire':
      return `${intent.action}${argsText(intent.args)}`
    case 'do':
      return `${intent.name}${argsText(intent.args)}`
    case 'run':
      return `run macro ${intent.macro}${argsText(intent.args)}`
    case 'cancel':
      return `cancel run ${short(intent.run)}`
    case 'hold':
      return intent.on ? 'HOLD everything' : 'release the hold'
    default:
      return /** @satisfies {never} */ (intent)
  }
}

/** @param {Intent} intent the device's name; empty where the intent has none */
export function deviceOf(intent) {
  return 'device' in intent ? intent.device : ''
}

/** @param {Intent} intent */
function whatAt(intent) {
  return 'device' in intent ? `${what(intent)} at ${intent.device}` : what(intent)
}

/** Never broken over two lines. @param {number} ms @returns {string} `12 ms`, `3.4 s`, `2 min` */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)}\u00a0ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)}\u00a0s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)}\u00a0min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)}\u00a0h`
  return `${Math.round(ms / 86_400_000)}\u00a0days`
}

/** @param {Subject} subject */
function about({ intent, position }) {
  return intent === null ? `the entry ${position}` : short(intent)
}

/** One entry as a sentence. @param {Pick<EntryView, 'event' | 'at'>} entry @returns {string} */
export function sentence({ event, at }) {
  return text(event, at)
}

/** @param {BusEvent} event @param {number} at @returns {string} */
function text(event, at) {
  switch (event.type) {
    case 'IntentAccepted':
      return `${who(event.submission.actor)} asked for ${whatAt(event.submission.intent)}`
    case 'IntentRefused':
      return `${who(event.submission.actor)} was refused ${whatAt(event.submission.intent)}: ${event.failure.detail}`
    case 'AttemptStarted':
      return `attempt ${event.attempt} started`
    case 'Delivered':
      return event.ack === 'confirmed'
        ? `the device confirmed it (attempt ${event.attempt})`
        : `sent (attempt ${event.attempt})`
    case 'AttemptFailed':
      return `attempt ${event.attempt} failed: ${event.failure.detail}${
        event.retryAt === null ? '' : `; next try in ${duration(Math.max(0, event.retryAt - at))}`
      }`
    case 'IntentEnded':
      return `ended: ${event.outcome}${event.failure ? `, ${event.failure.detail}` : ''}${
        event.by === null ? '' : ` (by ${short(event.by)})`
      }`
    case 'DeviceReported':
      return `${event.device} says ${event.path} is ${valueText(event.value)}`
    case 'LinkChanged':
      return `${event.device} is ${event.up ? 'connected' : 'not connected'}${event.detail ? `: ${event.detail}` : ''}`
    case 'RunAdvanced':
      return `macro ${event.macro} ${
        event.state === 'running' ? `is at step ${event.step + 1}` : `is ${event.state}`
      }${event.detail ? `: ${event.detail}` : ''}`
    case 'LeaseTaken':
      return `this hub acts for ${event.lease} now: ${event.detail}`
    case 'LeaseGiven':
      return `this hub gave up ${event.lease}`
    case 'HubStarted':
      return `the hub started, version ${event.version}`
    case 'HubStopped':
      return `the hub stopped: ${event.reason}`
    case 'LogRecovered':
      return `a torn end of the log was cut: ${event.cutBytes} bytes`
    case 'LogGap':
      return `the log lost entries up to ${event.until}: ${event.detail}`
    case 'WentAlone':
      return `this hub acts alone and records it here later: ${event.detail}`
    case 'Rejoined':
      return `this hub acted alone for ${duration(Math.max(0, event.until - event.since))}; ${event.entries} entries were recorded later${
        event.lost.length === 0 ? '' : `, and another hub took ${event.lost.join(', ')}`
      }`
    case 'ClockStepped':
      return `the clock was set ${event.wall > event.kept ? 'forward' : 'back'} by ${duration(Math.abs(event.wall - event.kept))}`
    case 'ConfigChanged':
      return `${who(event.actor)} changed the config: ${event.summary}`
    case 'InputRejected':
      return `${event.count} input${event.count === 1 ? '' : 's'} from ${event.source} not understood: ${event.failure.detail}`
    case 'PageTurned':
      return `the panel ${event.panel} at ${event.surface} shows page ${event.page}`
    case 'SignalReceived':
      return `${event.way} ${event.name}: ${JSON.stringify(event.value)}, from ${event.source}`
    case 'ListenerChanged':
      return `${event.way} ${event.name} ${event.up ? 'can be reached again' : `cannot be reached: ${event.detail}`}`
    case 'AccessRefused':
      return `${event.source} was turned away: ${event.detail}`
    case 'Corrected':
      return `${who(event.actor)} corrected ${about(event.subject)}: ${event.text}`
    case 'LegalHoldPlaced':
      return `${who(event.actor)} placed the legal hold ${event.name}: ${event.reason}`
    case 'LegalHoldReleased':
      return `${who(event.actor)} released the legal hold ${event.name}: ${event.writtenRelease}`
    case 'Redacted':
      return `${who(event.actor)} had personal text erased from ${about(event.subject)}: ${event.reason}`
    case 'ValuesErased':
      return `what was redacted at ${event.redaction} is erased`
    case 'LogTrimmed':
      return `the log was cut up to ${event.upTo}, all of it sealed`
    case 'HeadSealed':
      return `${event.size.toLocaleString('en')} entries are signed${
        event.witnesses.length === 0
          ? ''
          : `, and cosigned by ${event.witnesses.map(({ name }) => name).join(', ')}`
      }`
    case 'HeadsDiffered':
      return `NOT sealed any more: ${event.other} has another history of ${event.size.toLocaleString('en')} entries`
    case 'KeyMade':
      return `${who(event.actor)} had a key made: ${event.key}`
    case 'KeyChanged':
      return `${who(event.actor)} changed the key that signs to ${event.next}`
    case 'KeyRetired':
      return `the private key of ${event.key} was destroyed`
    case 'LogRead':
      return `${who(event.actor)} read the journal (${event.route}${event.count > 1 ? `, ${event.count} times` : ''})`
    default:
      return /** @satisfies {never} */ (event)
  }
}
