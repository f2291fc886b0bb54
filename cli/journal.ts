import { setTimeout as pause } from 'node:timers/promises'
import { isObject, type Json } from '../intents/json.ts'
import type { Entry } from './answers.ts'
import { ConnectionLost, send, type Hub } from './client.ts'
import { readEvents } from './event-stream.ts'
import { Stop } from './exit.ts'

/** A quarter of a second doubling to 5 s: a restarted hub is found at once, a dead one costs nothing. */
const firstRetryMs = 250
const lastRetryMs = 5_000

/**
 * The live journal after `after` (null: from its start), endless: where the connection breaks it is made again and
 * goes on after the last entry that was given, so that none is missed and none comes twice. Ends when `signal` aborts.
 * @throws Stop where the hub says no, or is not there at the first try
 */
export async function* journal(
  hub: Hub,
  after: string | null,
  signal: AbortSignal,
  said: (what: string) => void,
): AsyncGenerator<Entry, void, void> {
  let last = after
  let retryMs = firstRetryMs
  let reached = false
  let away = false
  while (!signal.aborted) {
    try {
      const response = await send(hub, {
        method: 'GET',
        path: `/api/v1/events?after=${encodeURIComponent(last ?? 'start')}`,
        headers: {
          accept: 'text/event-stream',
          ...(last === null ? {} : { 'last-event-id': last }),
        },
        signal,
      })
      if (away) said('the hub is back')
      reached = true
      away = false
      for await (const { id, type, data } of readEvents(response.body ?? noBytes())) {
        if (type === 'problem') throw brokenOff(data)
        const entry = entryOf(data)
        if (entry === null) continue
        last = id === '' ? entry.position : id
        retryMs = firstRetryMs
        yield entry
      }
    } catch (error) {
      if (signal.aborted) return
      if (!goesOn(error, reached)) throw asStop(hub, error)
    }
    if (signal.aborted) return
    if (!away)
      said(
        `the connection to the hub is gone; trying again${last === null ? '' : ` after ${last}`}`,
      )
    away = true
    // aborted while waiting: the loop's own condition ends it
    await pause(retryMs, undefined, { signal }).catch(() => undefined)
    retryMs = Math.min(retryMs * 2, lastRetryMs)
  }
}

/** A hub that was there and went comes back; one that says no, or never was there, is for the person to see to. */
function goesOn(error: unknown, reached: boolean): boolean {
  if (!reached) return false
  return error instanceof Stop ? error.exit === 'unreachable' : !(error instanceof RangeError)
}

function asStop(hub: Hub, error: unknown): unknown {
  return error instanceof ConnectionLost || error instanceof RangeError
    ? new Stop('unreachable', `no journal from ${hub.url}: ${error.message}`, { cause: error })
    : error
}

/** The stream itself says why it ends: a position that is none is for the person, all else may pass. */
function brokenOff(data: string): Error {
  const problem = jsonOf(data)
  const { status, detail } = isObject(problem) ? problem : {}
  const why = typeof detail === 'string' ? detail : 'the hub broke off the journal'
  return typeof status === 'number' && status < 500
    ? new Stop('failed', why)
    : new ConnectionLost(why)
}

/** The stream is the hub's, its events may be newer than this program: what is no entry is passed over. */
function entryOf(data: string): Entry | null {
  const value = jsonOf(data)
  if (!isObject(value) || typeof value['position'] !== 'string' || !isObject(value['event']))
    return null
  return value as unknown as Entry // looked at just above; the rest is the hub's word, and only shown
}

function jsonOf(data: string): Json | undefined {
  try {
    return JSON.parse(data) as Json
  } catch {
    // passed over by the caller, as anything that is no entry
    return undefined
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  // a 204 has no body: the same as a stream that ended at once
}
