import { LogError, type Stored } from '../log.ts'
import { type Line, lineFrom } from './event.ts'
import { faultOf } from './fault.ts'
import { positionOf } from './position.ts'
import { patience, type Stream } from './stream.ts'

/**
 * What is stored after line `after`, then what comes: the server's catch-up subscription, made again where it breaks. Ends
 * when `signal` aborts. @throws LogError where the server stays away, or lines are missing
 */
export async function* followAfter(
  stream: Stream,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Stored[]> {
  let seen = after
  let again = patience(stream.patienceMs)
  while (!signal.aborted) {
    const { client, server } = stream.connection
    // a subscription begins behind the revision that it is given
    const subscription = client.subscribeToStream(stream.name, {
      fromRevision: seen === 0 ? 'start' : BigInt(seen - 1),
      requiresLeader: true,
    })
    // the client also reports what breaks after we have gone, and an error that nobody hears ends the process
    subscription.on('error', () => undefined)
    const stop = () => subscription.destroy()
    signal.addEventListener('abort', stop)
    let broken: LogError | null = null
    try {
      for await (const resolved of subscription) {
        if (signal.aborted) return
        yield [following(lineFrom(resolved), seen)]
        seen++
        again = patience(stream.patienceMs)
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof LogError) throw error
      const fault = faultOf(error, server, stream.name)
      if (fault.type === 'refused') throw fault.error
      if (fault.type === 'unclear') broken = fault.error
    } finally {
      signal.removeEventListener('abort', stop)
      // it ends the server's side; where there is none, nothing is left to end
      void subscription.unsubscribe().catch(() => undefined)
    }
    if (!signal.aborted && !(await again()))
      throw (
        broken ??
        new LogError('io', `${server}: the server ends every subscription; is it shutting down?`)
      )
  }
}

/** @throws LogError `corrupt` where `line` is not the one after `seen`: a gap is never passed over */
export function following({ line, body }: Line, seen: number): Stored {
  if (line === seen + 1) return { position: positionOf(line), body }
  throw new LogError(
    'corrupt',
    `lines ${seen + 1} to ${line - 1} are missing: the stream was truncated or has a limit ($maxCount, $maxAge, $tb); remove the limit, and read on after position ${line - 1} if you can do without them`,
  )
}
