import type { BusEvent } from '../intents/event.ts'
import type { Actor, Intent, Submission } from '../intents/intent.ts'
import type { Instant } from '../intents/id.ts'
import { upcast } from '../intents/upcast.ts'
import { canonical, type Canonical } from '../witness/canonical.ts'
import type { Position, Stored } from './log.ts'

/** What every body carries beside its event: each hub's own entries form a chain from the first, with no lock between hubs. */
export interface Link {
  readonly hub: string
  /** This hub's own number for the entry: gapless, from 1. */
  readonly hseq: number
  /** SHA-256 of this hub's previous body, base64; of 32 zero bytes' place in the first ({@link firstPrevious}). */
  readonly hprev: string
}

/** `hprev` of a hub's first entry: 32 zero bytes, base64. */
export const firstPrevious = Buffer.alloc(32).toString('base64')

/** One entry as it came back from the log. */
export interface Recorded<E extends BusEvent = BusEvent> {
  readonly position: Position
  readonly hub: string
  readonly hseq: number
  readonly at: Instant
  readonly event: E
}

/** The body of one entry: canonical JSON (RFC 8785) of `{at, event, hprev, hseq, hub}`; `event` as {@link encodeEvent} writes it. */
export function encodeEntry(link: Link, at: Instant, event: string): string {
  return `{"at":${at},"event":${event},"hprev":"${link.hprev}","hseq":${link.hseq},"hub":"${link.hub}"}`
}

/**
 * Canonical JSON of an event. The three that every press leads to are written out, member by member in canonical
 * order, with strings whose form is known not examined again; `entry.test.ts` holds them against `canonical`.
 * @throws TypeError for what JSON cannot say
 */
export function encodeEvent(event: BusEvent): string {
  switch (event.type) {
    case 'IntentAccepted':
      return `{"submission":${encodeSubmission(event.submission)},"type":"IntentAccepted"}`
    case 'AttemptStarted':
      return event.token === undefined
        ? `{"attempt":${event.attempt},"intent":"${event.intent}","type":"AttemptStarted"}`
        : `{"attempt":${event.attempt},"intent":"${event.intent}","token":${event.token},"type":"AttemptStarted"}`
    case 'Delivered':
      return `{"ack":"${event.ack}","attempt":${event.attempt},"intent":"${event.intent}","type":"Delivered"}`
    default:
      return plain(event)
  }
}

function encodeSubmission(s: Submission): string {
  const at = s.cause?.at === undefined ? '' : `"at":${canonical(s.cause.at)},`
  const cause =
    s.cause === null ? 'null' : `{${at}"intent":"${s.cause.intent}","step":${s.cause.step}}`
  // a trace is nearly always the id itself, whose form is known
  const trace = s.trace === s.id ? `"${s.id}"` : canonical(s.trace)
  return `{"actor":${encodeActor(s.actor)},"at":${s.at},"cause":${cause},"expiresAt":${s.expiresAt},"id":"${s.id}","intent":${encodeIntent(s.intent)},"source":${canonical(s.source)},"trace":${trace}}`
}

function encodeActor(actor: Actor): string {
  return actor.type === 'operator'
    ? `{"control":${canonical(actor.control)},"id":${canonical(actor.id)},"surface":${canonical(actor.surface)},"type":"operator"}`
    : plain(actor)
}

function encodeIntent(intent: Intent): string {
  switch (intent.verb) {
    case 'fire':
      return `{"action":${canonical(intent.action)},"args":${plain(intent.args)},"device":${canonical(intent.device)},"verb":"fire"}`
    case 'set':
      return `{"device":${canonical(intent.device)},"path":${canonical(intent.path)},"value":${plain(intent.value)},"verb":"set"}`
    default:
      return plain(intent)
  }
}

/** Our interfaces lack the index signature that {@link Canonical} asks for; what they hold is JSON. */
function plain(value: unknown): string {
  return canonical(value as Canonical)
}

/** A body that is not an entry of ours. */
class EntryError extends Error {
  override readonly name = 'EntryError'
}

/**
 * One entry read back, brought to today's vocabulary.
 * @throws EntryError for a body that is none
 */
export function decodeEntry(stored: Stored): Recorded {
  const { at, event, hub, hseq } = parseBody(stored)
  return { position: stored.position, hub, hseq, at, event: upcast(event) }
}

function parseBody(stored: Stored) {
  try {
    const body: unknown = JSON.parse(stored.body)
    if (isBody(body)) return body
  } catch (cause) {
    throw new EntryError(`the entry at position ${stored.position} is not JSON`, { cause })
  }
  throw new EntryError(`the entry at position ${stored.position} is not one of a journal`)
}

interface Body extends Link {
  readonly at: Instant
  readonly event: { readonly type: string }
}

function isBody(value: unknown): value is Body {
  const body = value as Partial<Record<keyof Body, unknown>> | null // looked at member by member below
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof body.at === 'number' &&
    typeof body.hub === 'string' &&
    typeof body.hseq === 'number' &&
    typeof body.hprev === 'string' &&
    typeof body.event === 'object' &&
    body.event !== null &&
    'type' in body.event
  )
}

/** The time stamp of a body without reading the rest; -1 for a body that is none. For a log's search by time. */
export function timeOf(body: string): number {
  return body.startsWith('{"at":') ? Number.parseInt(body.slice(6, 26), 10) : -1
}

/** A body's own number where `hub` wrote it, from its end alone; null where it is another's. */
export function ownNumber(hub: string, body: string): number | null {
  const end = `,"hub":"${hub}"}`
  if (!body.endsWith(end)) return null
  const at = body.lastIndexOf(':', body.length - end.length - 1)
  const hseq = Number(body.slice(at + 1, body.length - end.length))
  return Number.isSafeInteger(hseq) ? hseq : null
}
