import { hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type EventLog, LogError, type Position, type Stored } from '../log.ts'
import { type Connection, openConnection } from './client.ts'
import { eventOf, type Sent } from './event.ts'
import { Unclear } from './fault.ts'
import { storeAfter } from './store.ts'
import { read, type Stream, streamOf } from './stream.ts'
import { appendBytes } from './writer.ts'

/** 500 lines: enough that a round trip does not count, and no progress is older than a second. */
const batchLines = 500
/** How often the journal is looked at for new lines, where it is followed. Milliseconds. */
const againMs = 500
/** 5 s: as for a log on that server. */
const defaultPatienceMs = 5000

export interface MirrorOptions {
  readonly url: string
  readonly site: string
  /** Whether to go on with what comes, until `signal` aborts. */
  readonly follow: boolean
  readonly signal: AbortSignal
  /** Called after every append that is stored: lines in the mirror, and how many of them this run has copied. */
  readonly progress?: (lines: number, copied: number) => void
  /** Called where the server is away and the mirror waits for it. */
  readonly away?: (detail: string) => void
  readonly patienceMs?: number
}

export type MirrorFault =
  /** The server does not answer. */
  | 'unreachable'
  /** What is mirrored there is not the beginning of this journal. */
  | 'different'
  /** Somebody else writes to that stream. */
  | 'foreign'
  /** The server says no, or the journal cannot be read. */
  | 'failed'

export type Mirrored =
  | {
      readonly ok: true
      readonly stream: string
      /** Lines that are in the mirror now, and how many of them this run has copied. */
      readonly lines: number
      readonly copied: number
      /** Of the newest line's body, base64; null for an empty journal. */
      readonly sha256: string | null
    }
  | { readonly ok: false; readonly fault: MirrorFault; readonly detail: string }

/** Ends a run that cannot go on. */
class Stopped extends Error {
  readonly fault: MirrorFault
  constructor(fault: MirrorFault, detail: string) {
    super(detail)
    this.fault = fault
  }
}

/** Where a mirror stands. */
interface Place {
  readonly lines: number
  /** The journal's position of the newest mirrored line. */
  readonly after: Position | null
  readonly body: string | null
}

/**
 * Copies the journal `source` to a site's stream, every body byte for byte and once: it goes on behind what is there, and
 * the server's expected revision keeps a line from being stored twice, whatever dies in between.
 */
export async function mirror(
  source: Pick<EventLog, 'read'>,
  options: MirrorOptions,
): Promise<Mirrored> {
  let connection: Connection | null = null
  try {
    connection = openConnection(options.url)
    const patienceMs = options.patienceMs ?? defaultPatienceMs
    const stream: Stream = { connection, name: streamOf(options.site), patienceMs }
    return await run(source, stream, options)
  } catch (error) {
    if (error instanceof Stopped) return { ok: false, fault: error.fault, detail: error.message }
    if (!(error instanceof LogError)) throw error
    const fault = error instanceof Unclear ? 'unreachable' : 'failed'
    return { ok: false, fault, detail: error.message }
  } finally {
    await connection?.close()
  }
}

async function run(
  source: Pick<EventLog, 'read'>,
  stream: Stream,
  { follow, signal, progress, away }: MirrorOptions,
): Promise<Mirrored> {
  let place = await resume(source, stream)
  let copied = 0
  const moved = (now: Place) => {
    copied += now.lines - place.lines
    place = now
    progress?.(now.lines, copied)
  }
  for (;;) {
    try {
      await copy(source, stream, place, signal, moved)
    } catch (error) {
      // who follows waits for a server that was there
      if (!follow || signal.aborted || !(error instanceof Unclear)) throw error
      away?.(error.message)
    }
    if (!follow || signal.aborted) break
    // aborted while waiting: the next turn copies nothing, and is the last
    await pause(againMs, undefined, { signal }).catch(() => undefined)
  }
  const sha256 = place.body === null ? null : sha256Of(place.body)
  return { ok: true, stream: stream.name, lines: place.lines, copied, sha256 }
}

/** Where to go on: behind the newest mirrored line, if this journal has that very line where the mirror says. */
async function resume(source: Pick<EventLog, 'read'>, stream: Stream): Promise<Place> {
  const [newest, before] = await read(stream, 'end', 'backwards', 2)
  if (newest === undefined) return { lines: 0, after: null, body: null }
  const [after, previous] = [newest, before].map((line) => line?.metadata['position'])
  if (typeof after !== 'string' || (newest.line > 1 && typeof previous !== 'string'))
    throw new Stopped(
      'foreign',
      `stream ${stream.name}: its newest lines were not written by a mirror; a hub writes here: take another site name or another server`,
    )
  const ours = await firstAfter(source, typeof previous === 'string' ? previous : null)
  if (ours?.position !== after || ours.body !== newest.body)
    throw new Stopped(
      'different',
      `stream ${stream.name} is the mirror of another journal: its line ${newest.line} has SHA-256 ${sha256Of(newest.body)}, this journal's at position ${after} ${ours === null ? 'is missing' : `has ${sha256Of(ours.body)}`}; check --from and --site, and verify the journal`,
    )
  return { lines: newest.line, after: ours.position, body: ours.body }
}

async function firstAfter(
  source: Pick<EventLog, 'read'>,
  after: string | null,
): Promise<Stored | null> {
  try {
    // what is no position of this journal is told by the journal itself
    for await (const stored of source.read(after as Position | null, new AbortController().signal))
      return stored
    return null
  } catch (error) {
    if (error instanceof LogError && error.code === 'position') return null
    throw error
  }
}

/** One pass: from `place` to the journal's end of the moment. */
async function copy(
  source: Pick<EventLog, 'read'>,
  stream: Stream,
  place: Place,
  signal: AbortSignal,
  moved: (place: Place) => void,
): Promise<void> {
  let stored = place
  let batch: Sent[] = []
  let bytes = 0
  let last: Stored | null = null
  const flush = async () => {
    if (last === null) return
    await store(stream, stored.lines, batch)
    stored = { lines: stored.lines + batch.length, after: last.position, body: last.body }
    batch = []
    bytes = 0
    last = null
    moved(stored)
  }
  for await (const line of source.read(place.after, signal)) {
    const number = stored.lines + batch.length + 1
    const sent = eventOf(line.body, number, { position: line.position })
    if (batch.length === batchLines || (batch.length > 0 && bytes + sent.bytes > appendBytes))
      await flush()
    batch.push(sent)
    bytes += sent.bytes
    last = line
  }
  await flush()
}

async function store(stream: Stream, count: number, events: readonly Sent[]): Promise<void> {
  const storing = await storeAfter(stream, count, events)
  switch (storing.type) {
    case 'stored':
      return
    case 'failed':
      throw storing.error
    case 'lost':
      throw new Stopped(
        'foreign',
        `stream ${stream.name} has lost lines that were there before; run the mirror again to see what it has`,
      )
    case 'taken':
      throw new Stopped(
        'foreign',
        `stream ${stream.name}: somebody else has written line ${storing.by.line}; only one journal may be mirrored to a stream`,
      )
  }
}

function sha256Of(body: string): string {
  return hash('sha256', body, 'base64')
}
