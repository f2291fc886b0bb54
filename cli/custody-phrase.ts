import type { CustodyEvent, Subject } from '../intents/custody-event.ts'
import { actorPhrase, moment } from './phrase.ts'

/** What was done with the record itself: a word for it, and the sentence. */
export function custodyPhrase(event: CustodyEvent): readonly [string, string] {
  switch (event.type) {
    case 'Corrected':
      return ['corrected', `${about(event.subject)}: ${event.text}  ${actorPhrase(event.actor)}`]
    case 'LegalHoldPlaced':
      return [
        'legal',
        `hold ${event.name} over ${timePhrase(event)}: ${event.reason}  ${actorPhrase(event.actor)}`,
      ]
    case 'LegalHoldReleased':
      return [
        'legal',
        `hold ${event.name} released: ${event.writtenRelease}  ${actorPhrase(event.actor)}`,
      ]
    case 'Redacted':
      return [
        'redacted',
        `${about(event.subject)}, ${event.commitments.length} values: ${event.reason}  ${actorPhrase(event.actor)}`,
      ]
    case 'ValuesErased':
      return ['erased', `${event.erased} values of the redaction at ${event.redaction}`]
    case 'LogTrimmed':
      return [
        'trimmed',
        `up to ${event.upTo}, what was stamped before ${moment(event.before)} and is sealed`,
      ]
    default:
      return event satisfies never
  }
}

function about({ intent, position }: Subject): string {
  return intent ?? `the entry at ${position}`
}

/** The time that a legal hold covers. */
export function timePhrase(hold: {
  readonly from: number | null
  readonly to: number | null
}): string {
  const from = hold.from === null ? 'the start' : moment(hold.from)
  return `${from} to ${hold.to === null ? 'further notice' : moment(hold.to)}`
}
