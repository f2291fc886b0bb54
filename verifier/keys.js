/** @import { Change, Head, Key, KeyRange } from './types.ts' */
import { toBytes } from './node.js'
import { must, parseKey, parseNote, signaturesOf } from './trust.js'

// Which key of a log signs heads of which sizes. First a change of the key, as line `seq` says it: both keys sign it.
/** @param {any} event @param {number} seq @returns {Promise<Change>} */
export async function parseChange({ old, next, after, signatures }, seq) {
  const isForm = Array.isArray(signatures) && [old, next, ...signatures].every((one) => typeof one === 'string')
  must(isForm && Number.isSafeInteger(after) && after >= 0 && after <= seq, 'it is no change of a key')
  const [from, to] = [parseKey(old), parseKey(next)]
  const text = `infrafabric key change v1\n${from.name}\nold ${old}\nnew ${next}\nafter ${after}\n`
  const note = parseNote(toBytes(`${text}\n${signatures.join('\n')}\n`))
  const [byOld, byNext] = await signaturesOf(note, [from, to])
  const isOfLog = from.use === 'log' && to.use === 'log' && from.name === to.name && from.hex !== to.hex
  must(isOfLog && byOld?.key === from && byNext?.key === to && note.signatures.length === 2, 'not both signed it')
  return { seq, old: from, next: to }
}

// A key signs heads up to, and with, the line that changes it, the next one all later. Who trusts one trusts the other.
/** @param {readonly Key[]} trusted @param {readonly Change[]} changes @returns {readonly KeyRange[]} */
export function followChanges(trusted, changes) {
  const ranges = new Map(trusted.map((key) => [key.hex, { key, from: 0, to: Infinity }]))
  for (const { old, next } of changes.toReversed())
    if (ranges.has(next.hex) && !ranges.has(old.hex)) ranges.set(old.hex, { key: old, from: 0, to: Infinity })
  for (const { seq, old, next } of changes) {
    const range = ranges.get(old.hex)
    if (range === undefined || seq + 1 < range.from || seq + 1 > range.to) continue // it hands over nothing any more
    ranges.set(old.hex, { ...range, to: seq + 1 })
    ranges.set(next.hex, { key: next, from: seq + 2, to: Infinity })
  }
  return [...ranges.values()]
}

// The witnesses that signed a head, which its log must have signed with a key that may sign heads of its size. `good`:
// sizes of the good heads before; of a key that another one followed the last head must be there. null: it may be missing.
/** @param {Head} head @param {readonly KeyRange[]} ranges @param {readonly Key[]} witnesses @param {Set<number> | null} good */
export async function signedBy(head, ranges, witnesses, good) {
  const { size, origin, signatures } = head
  const named = ranges.filter(({ key }) => signatures.some(({ name, id }) => name === key.name && id === key.id))
  for (const { key, from, to } of named) {
    const sizes = to === Infinity ? `${from} and up` : `${from} to ${to}`
    must(from <= size && size <= to, `it is signed by the key ${key.id}, which signs heads of sizes ${sizes} only`)
  }
  const signed = await signaturesOf(head, [...named.map(({ key }) => key), ...witnesses])
  const own = signed.find(({ key }) => key.use === 'log' && key.name === origin)?.key
  must(own, `no key that is trusted signed the checkpoint of ${origin}`)
  const last = (named.find(({ key }) => key === own)?.from ?? 0) - 1
  const why = `no good head of ${last} lines shows that the key before it knew`
  must(good === null || last < 1 || good.has(last), `the key ${own.id} signs from size ${last + 1} on, and ${why}`)
  return signed.filter(({ key }) => key.use === 'witness')
}
