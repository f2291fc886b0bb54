// @ts-check
/** @import { SealView } from '../surfaces/http/seal-view.js' */
import { duration } from './sentence.js'

/** Below this nobody needs to look, however soon heads are signed, ms. */
const floorMs = 10_000
/** So many times what is promised: one or two may be late on a busy machine. */
const tolerated = 3

/**
 * How long ago the record was sealed, or witnessed. `off`: nobody asked for it here.
 *
 * @typedef {{ name: 'sealed' | 'witnessed', text: string, tone: 'good' | 'bad' | 'off', title: string }} Age
 */

/** @param {SealView | null} seal @param {number} now ms since the epoch, by the hub's clock @returns {readonly Age[]} */
export function agesOf(seal, now) {
  return [sealedAge(seal, now), witnessedAge(seal, now)]
}

/** @param {SealView | null} seal @param {number} now @returns {Age} */
function sealedAge(seal, now) {
  /** @param {string} text @param {Age['tone']} tone @param {string} [title] @returns {Age} */
  const age = (text, tone, title = '') => ({ name: 'sealed', text, tone, title })
  if (seal === null) return age('off', 'off', 'the config seals nothing, or nothing was said yet')
  if (seal.trouble !== null) return age('NOT sealed', 'bad', seal.trouble)
  if (!seal.signs) return age(`${entries(seal.sealed)}, another hub signs`, 'off')
  const behindMs = seal.behindSince === null ? 0 : now - seal.behindSince
  if (behindMs > Math.max(floorMs, tolerated * seal.signAfterMs))
    return age(
      `STALE: entries wait for a signature, ${duration(behindMs)}`,
      'bad',
      `${entries(seal.signed)} are signed`,
    )
  if (seal.signedAt === null) return age('not signed yet', 'off')
  return age(`${ago(seal.signedAt, now)}, ${entries(seal.signed)}`, 'good', seal.root)
}

/** @param {SealView | null} seal @param {number} now @returns {Age} */
function witnessedAge(seal, now) {
  /** @param {string} text @param {Age['tone']} tone @returns {Age} */
  const age = (text, tone) => ({ name: 'witnessed', text, tone, title: seal?.unwitnessed ?? '' })
  if (seal === null || !seal.asksWitnesses) return age('off, no witness is asked', 'off')
  if (!seal.signs) return age('another hub asks', 'off')
  const { witnessed } = seal
  if (witnessed === null)
    return seal.unwitnessed === null ? age('not yet', 'off') : age('by NOBODY yet', 'bad')
  const isStale = now - witnessed.at > tolerated * seal.heartbeatMs
  const text = `${ago(witnessed.at, now)}, ${entries(witnessed.size)}`
  return isStale ? age(`STALE: ${text}`, 'bad') : age(text, 'good')
}

/** @param {number} count */
function entries(count) {
  return `${count.toLocaleString('en')} entries`
}

/** @param {number} at @param {number} now */
function ago(at, now) {
  return `${duration(Math.max(0, now - at))} ago`
}
