import type { EventLog, Position } from '../../bus/log.ts'
import { sealedBody } from '../../witness/audit/bodies.ts'

/** The entries in sealed lines, byte for byte: the journal as it was sealed. */
export interface SealedSource {
  readonly read: EventLog['read']
  /** How many entries the newest reading passed over, because their lines have only their hash. */
  unread(): number
}

/** `name`: where the lines are, for people. Reading after a position that no line has throws RangeError. */
export function sealedSource(name: string, lines: () => Iterable<Buffer>): SealedSource {
  let unread = 0
  return {
    unread: () => unread,
    async *read(after, signal) {
      let isAfter = after === null
      unread = 0
      for (const line of lines()) {
        if (signal.aborted) return
        const { rid, body } = sealedBody(line)
        if (!isAfter) isAfter = rid === after
        else if (body === null) unread++
        else yield { position: rid as Position, body: body.toString() } // as the log had it
      }
      if (!isAfter) throw new RangeError(`${name} has no position ${String(after).slice(0, 60)}`)
    },
  }
}
