import { beside } from '../../wire/beside.ts'
import { Connection } from './connection.ts'
import { said } from './events.ts'
import type { ObsOptions } from './options.ts'
import type { Picture } from './picture.ts'
import { shown } from './protocol.ts'
import { createReader, type Reader } from './reader.ts'

/** Three seconds: an OBS that is there greets in milliseconds. */
const connectMs = 3000

/** One connection with what belongs to it, from its start to its end. */
export interface Line {
  readonly connection: Connection
  readonly reader: Reader
  /** Aborts with the reason when the connection is over. */
  readonly lost: AbortSignal
  /** Resolves with the reason when it is over. */
  readonly ended: Promise<string>
}

/** What an OBS said of itself when it greeted us. */
export interface Greeting {
  /** What this OBS can be asked. */
  readonly requests: ReadonlySet<string>
  /** `OBS 29.0.2 (obs-websocket 5.1.0)`. */
  readonly title: string
}

export function createLine(options: ObsOptions, picture: Picture): Line {
  const { host, port, replyMs, password = null } = options
  const lost = new AbortController()
  const connection = new Connection({
    host,
    port,
    password,
    connectMs,
    replyMs,
    event(name, data) {
      const { changes, reread } = said(name, data, picture.items)
      reader.event(name)
      picture.told(changes)
      if (reread) reader.soon()
    },
  })
  const reader = createReader(connection, picture)
  const ended = connection.ended().then((detail) => {
    reader.close()
    lost.abort(detail)
    return detail
  })
  return { connection, reader, lost: lost.signal, ended }
}

/** Connects, says who we are and reads all there is; null where the connection ended instead. */
export async function greet(
  { connection, reader }: Line,
  picture: Picture,
): Promise<Greeting | null> {
  try {
    await connection.open()
    const { data } = await connection.request('GetVersion')
    const { obsVersion, availableRequests } = data
    const version = typeof obsVersion === 'string' ? shown(obsVersion) : '?'
    picture.told([['version', version]])
    await reader.first()
    const title = `OBS ${version} (obs-websocket ${connection.version})`
    const list: readonly unknown[] = availableRequests instanceof Array ? availableRequests : []
    return { requests: new Set(list.filter((each) => typeof each === 'string')), title }
  } catch (cause) {
    connection.close(cause instanceof Error ? cause.message : 'the state could not be read')
    return null
  }
}

/** Every twelfth sign of life the whole state is read: OBS's events may overtake each other, and the older one must not stay. */
const readEvery = 12

/** Asks for a sign of life every `everyMs` while the connection lasts, and ends it where none comes. */
export async function keep({ connection, reader, ended }: Line, everyMs: number): Promise<void> {
  const orOver = beside(ended)
  for (let n = 1; connection.over === null; n++) {
    let timer: NodeJS.Timeout | undefined
    const pause = new Promise<void>((resolve) => (timer = setTimeout(resolve, everyMs)))
    await orOver(pause)
    clearTimeout(timer)
    if (connection.over !== null) return
    if (n % readEvery === 0) reader.soon()
    await connection.request('GetStudioModeEnabled').catch((cause: unknown) => {
      connection.close(cause instanceof Error ? cause.message : 'no sign of life')
    })
  }
}
