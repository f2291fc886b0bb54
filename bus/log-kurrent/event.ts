import { hash } from 'node:crypto'
import type { BinaryEventData, ResolvedEvent } from '@eventstore/db-client'
import { LogError } from '../log.ts'

/** One line as the server has it. */
export interface Line {
  /** From 1; the event's revision is one less. */
  readonly line: number
  readonly id: string
  readonly body: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/** An event as it is sent, and how much of an append it takes. */
export interface Sent {
  readonly event: BinaryEventData
  /** As the server counts it against MaxAppendSize: data, metadata, and the type's name with two bytes a letter. Bytes. */
  readonly bytes: number
}

/** For a body that is no entry of a journal. */
const plainType = 'Line'
/** Names that begin with `$` are the server's own. */
const typeForm = /^[A-Za-z][A-Za-z0-9]{0,63}$/

const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The event for `body` where it is to become line `line`; `more` joins its metadata. */
export function eventOf(
  body: string,
  line: number,
  more: Readonly<Record<string, string>> = {},
): Sent {
  const { type, metadata } = aboutOf(body)
  const data = utf8.encode(body)
  const meta = utf8.encode(JSON.stringify({ ...metadata, ...more }))
  return {
    event: {
      id: eventId(body, line),
      // bytes: the client writes JSON anew when it sends and when it reads, and the body must stay as it was hashed
      contentType: 'application/octet-stream',
      type,
      data,
      metadata: meta,
    },
    bytes: data.length + meta.length + 2 * type.length,
  }
}

/**
 * The id of `body` as line `line`: a UUID (RFC 9562, version 8) of its SHA-256. The same line sent again has the same
 * id, so it is known again; the same text as another line has another.
 */
function eventId(body: string, line: number): string {
  const hex = hash('sha256', `${line}\n${body}`, 'hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** What an entry says of itself, for those who look into the server; nothing of it is read back here. */
function aboutOf(body: string): { type: string; metadata: Record<string, string> } {
  const entry = parsed(body)
  const event = record(entry['event'])
  const type = text(event['type'])
  if (type === null || !typeForm.test(type)) return { type: plainType, metadata: {} }
  const submission = record(event['submission'])
  const intent = text(event['intent']) ?? text(submission['id'])
  const cause = text(record(submission['cause'])['intent'])
  const said = {
    // the names are the server's own: its $by_correlation_id projection reads them
    $correlationId: text(submission['trace']) ?? intent ?? text(event['run']),
    $causationId: cause ?? intent,
    hub: text(entry['hub']),
    hseq: typeof entry['hseq'] === 'number' ? String(entry['hseq']) : null,
  }
  const metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(said)) if (value !== null) metadata[name] = value
  return { type, metadata }
}

function parsed(body: string): Record<string, unknown> {
  try {
    return record(JSON.parse(body))
  } catch {
    return {} // no entry: stored all the same, as a plain line
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** @throws LogError `corrupt` for an event whose bytes are no text: another program wrote it */
export function lineFrom(resolved: ResolvedEvent): Line {
  const { event } = resolved
  if (event === undefined) throw new LogError('corrupt', 'the server gave a link without its event')
  const line = Number(event.revision) + 1
  // what is JSON there was not written here, and its text cannot be had back
  if (!(event.data instanceof Uint8Array)) throw foreign(line)
  try {
    const body = strict.decode(event.data)
    return { line, id: event.id, body, metadata: record(event.metadata) }
  } catch {
    throw foreign(line)
  }
}

function foreign(line: number): LogError {
  return new LogError(
    'corrupt',
    `line ${line} of the stream was not written by this program: nobody else may write to it; take another site name, or correct the rights on the stream`,
  )
}
