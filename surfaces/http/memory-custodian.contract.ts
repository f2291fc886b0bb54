import { failed } from '../../intents/failure.ts'
import type { Instant } from '../../intents/id.ts'
import type { Custodian, Kept, LegalHoldView } from './custody.ts'

// The keeping of a record in memory, for the tests of what speaks to it: the position `nowhere` is none, and the intent at
// `busy` is still open.

export function memoryCustodian(): Custodian {
  const holds: LegalHoldView[] = []
  let entries = 0
  const kept = (): Kept => ({ refusal: null, position: String(++entries) })
  const no = (code: string, field: string): Kept => ({
    refusal: { code, field, failure: failed('refused', `no: ${code}`) },
    position: null,
  })
  return {
    correct: async ({ position }) =>
      position === 'nowhere' ? no('unknown-position', 'position') : kept(),
    legalHolds: () => holds,
    async placeHold(hold, placedBy) {
      if (holds.some(({ name }) => name === hold.name)) return no('hold-exists', 'name')
      holds.push({ ...hold, placedBy, placedAt: 1_767_225_600_000 as Instant, released: null })
      return kept()
    },
    releaseHold: async (name) =>
      holds.some((hold) => hold.name === name) ? kept() : no('unknown-legal-hold', 'name'),
    redact: async ({ position }) => (position === 'busy' ? no('still-open', 'position') : kept()),
  }
}
