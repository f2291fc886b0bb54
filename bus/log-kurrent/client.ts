import { EventStoreDBClient } from '@eventstore/db-client'
import { LogError } from '../log.ts'

/** A client and how messages name its server: the URL without user and password. */
export interface Connection {
  readonly client: EventStoreDBClient
  readonly server: string
  close(): Promise<void>
}

/** What is protected in the client and used here. */
interface Inside {
  supports: () => Promise<boolean>
  getChannel(): Promise<{ close(): void }>
}

/**
 * A client for a connection string as the server's documents describe it, `esdb://[user:password@]host:port[?tls=false]`
 * (`kurrentdb://` is read as the same). It connects at its first use.
 * @throws LogError `io` for a URL that is none; its message does not repeat the URL, which may hold a password
 */
export function openConnection(url: string): Connection {
  const text = url.trim().replace(/^kurrent(db)?(\+discover)?:/, 'esdb$2:')
  let client: EventStoreDBClient
  try {
    client = EventStoreDBClient.connectionString(text)
  } catch (error) {
    throw new LogError('io', `the URL of the server ${faultIn(text, error)}`)
  }
  const inside = client as unknown as Inside // its members of 6.2.1, see the two uses
  // Its batch append keeps one table of waiting calls for all clients of a process: a failure of one rejects the calls
  // of the others, and a late answer to one of those throws where nobody can catch it. Appends go one by one instead.
  inside.supports = async () => false
  let used = false
  return {
    get client() {
      used = true
      return client
    },
    server: text.replace(/^([^/]*\/\/)[^@/]*@/, '$1').replace(/\?.*$/, ''),
    async close() {
      if (!used) return
      await client.dispose()
      // dispose() ends the calls and leaves the connection open; where there is none, there is nothing to close
      await inside.getChannel().then(
        (channel) => channel.close(),
        () => undefined,
      )
    },
  }
}

function faultIn(url: string, error: unknown): string {
  if (error instanceof Error && /certificate/i.test(error.message))
    return `names a certificate that cannot be read: ${error.message}`
  const form =
    'for example esdb://user:password@host:2113, or esdb://host:2113?tls=false for a server without TLS; special characters in the password are written %XX'
  return /^esdb(\+discover)?:\/\//.test(url)
    ? `is not of the right form: ${form}`
    : `does not begin with esdb://: ${form}`
}
