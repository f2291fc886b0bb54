import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { decodeEntry, encodeEntry, encodeEvent, firstPrevious, ownNumber, timeOf } from './entry.ts'
import type { Instant } from '../intents/id.ts'
import type { Position } from './log.ts'

const entry = encodeEntry(
  { hub: 'a', hseq: 1, hprev: firstPrevious },
  1_800_000_000_000 as Instant,
  encodeEvent({ type: 'ListenerChanged', way: 'mqtt', name: 'b', up: true, detail: '' }),
)

export const targets: readonly FuzzTarget[] = [
  {
    name: 'entries of a log',
    seeds: [entry, '{"at":1,"event":{"type":"x"},"hprev":"","hseq":1,"hub":"a"}'],
    open: () => (bytes) => {
      const body = bytes.toString()
      timeOf(body)
      ownNumber('a', body)
      try {
        decodeEntry({ position: '1' as Position, body })
      } catch (error) {
        // another server's log may hold anything: it is named as that
        if (!(error instanceof Error && error.name === 'EntryError')) throw error
      }
    },
  },
]
