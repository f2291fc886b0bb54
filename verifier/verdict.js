/** @import { Fault, FaultName, Findings, Verdict } from './types.ts' */

// The verdict for a person: a word, and what it is about.
/** @param {Fault | null} fault @param {Findings} findings @returns {Verdict} */
export function verdict(fault, { from, to, heads, origin, sealed, witnessed, later, unsealed, redacted }) {
  const faults = 'integrity root truncated signature unwitnessed silent disclosure unreadable'.split(' ')
  /** @param {FaultName[]} kinds @param {string} word @param {string} good */
  const say = (kinds, word, good) => (fault && kinds.includes(fault.fault) ? `${word}: ${fault.message}` : good)
  const place = fault?.at ? `, line ${fault.at.seq} (${fault.at.file}, byte ${fault.at.offset})` : ''
  const good = `good: ${to - from} lines, ${heads.length} signed heads${heads.length === 0 ? '' : ` of ${origin}`}`
  const all = sealed ? ` of the ${sealed.size} that were signed` : ', and no head says that this is all'
  const lines = to > from ? `lines ${from} to ${to - 1}` : 'no line'
  const part = from === 0 && sealed && to >= sealed.size ? `all ${sealed.size} lines that were signed` : lines + all
  const names = witnessed?.by.map(({ key }) => key.name).join(', ') || 'nobody'
  const enough = `${witnessed?.isQuorum ? '' : 'NOT ENOUGH: '}${names}, of size ${witnessed?.size}`
  const iso = (/** @type {number} */ at) => new Date(at * 1000).toISOString()
  const first = Math.min(...(witnessed?.by ?? []).map(({ at }) => at))
  const until = first < Infinity ? `all of it was there at ${iso(first)}` : 'nobody outside says when'
  const since = later.map(({ seq, at }) => `; from line ${seq} on it is later than ${iso(at)}`)
  const erased = `${redacted} personal values that the lines commit to are not here: erased, or not disclosed`
  return {
    exit: fault ? 5 + faults.indexOf(fault.fault) : 0, // a contract with scripts
    lines: [
      ['INTEGRITY', say(['integrity', 'root', 'unreadable'], 'BROKEN', good) + place],
      ['COMPLETENESS', say(['truncated'], 'MISSING', part)],
      ['SIGNED', say(['signature'], 'NOT GOOD', sealed ? `size ${sealed.size}, root ${sealed.root}` : 'by nobody')],
      ['WITNESSED', witnessed ? `${enough}; asked for: ${witnessed.quorum}` : 'by nobody'],
      ['TIME', say(['silent'], 'SILENT', until + since.join(''))],
      ['REDACTED', say(['disclosure'], 'NOT WHAT WAS RECORDED', redacted === 0 ? '0' : erased)],
      ['UNSEALED', `${unsealed} lines after the newest head`],
    ],
  }
}
