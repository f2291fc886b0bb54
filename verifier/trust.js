/** @import { Fault, FaultName, FoundNote, Good, Head, Key, Note, Place, Policy, Rule } from './types.ts' */
import { ed25519, joined, sha256, textOf, toBytes, toText } from './node.js'

// Keys, signed checkpoints and policies: who signed, and whom the auditor trusts, by rules of C2SP (https://c2sp.org).
// What is read may be an attacker's: what is thrown there is a fault. Whom to trust comes from the auditor alone.
/** @param {any} error @param {FaultName} fault @param {Place | null} at @returns {Fault} */
export const faultOf = (error, fault = 'unreadable', at = null) => Object.assign(error, { fault, at, ...error })
/** @param {unknown} isRight @param {string} detail @param {FaultName} [fault] @param {Place} [at] @returns {asserts isRight} */
export function must(isRight, detail, fault, at) {
  if (!isRight) throw faultOf(new Error(detail), fault, at)
}

// Base64 (RFC 4648, section 4) in the one form that encoding gives; no bytes for anything else.
/** @param {any} text */
export function fromBase64(text) {
  const bytes = toBytes(`${text}`, 'base64')
  return toText(bytes, 'base64') === text ? bytes : toBytes('')
}

// Canonical JSON (RFC 8785), which all programs read as one thing.
/** @param {any} value @returns {string} */
export function canonical(value) {
  if (typeof value === 'string' && /\p{Cs}/u.test(value)) return '' // a lone surrogate has none: section 3.2.2.2
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).sort() // by UTF-16 code units: section 3.2.3
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(',')}}`
}

// What a JSON text says, and its canonical form; of what is no JSON in UTF-8, neither.
/** @param {Uint8Array} bytes @returns {{ said: Record<string, any>, form?: string }} */
export function jsonOf(bytes) {
  try {
    const value = JSON.parse(textOf(bytes) ?? '')
    return { said: value ?? {}, form: canonical(value) }
  } catch {
    return { said: {} }
  }
}

/** @param {string} name */
const isName = (name) => name.length > 0 && name.length <= 200 && !/[\s+\p{C}\p{Z}]/u.test(name)
// the y of the eight points of small order (RFC 8032, section 5.1): anybody can sign for such a key
const prime = 2n ** 255n - 19n
const ofOrder8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n
const smallOrder = [0n, 1n, prime - 1n, ofOrder8, prime - ofOrder8]

// A verifier key (signed-note): name, key ID in hex, base64 of type byte and key. Refused are keys on which verifiers
// disagree: those of small order, and those not written in their canonical form.
/** @param {string} text @returns {Key} */
export function parseKey(text) {
  const [name = '', id = '', ...base64] = text.trim().split('+')
  const bytes = fromBase64(base64.join('+')) // base64 has a plus of its own
  must(isName(name) && bytes.length === 33, `'${text.slice(0, 80)}' is no verifier key: NAME+<8 hex digits>+BASE64`)
  const raw = bytes.subarray(1)
  const y = BigInt(`0x${toText(raw.toReversed(), 'hex')}`) % 2n ** 255n // little-endian; the top bit is the sign of x
  const use = bytes[0] === 1 ? 'log' : 'witness' // which sign checkpoints as they are, or cosign them with a time
  const isSafe = (bytes[0] === 1 || bytes[0] === 4) && y < prime && !smallOrder.includes(y)
  must(isSafe, `the key ${name} is not of Ed25519, or of small order, or not canonical`)
  const expected = toText(sha256(joined(toBytes(`${name}\n`), bytes)).subarray(0, 4), 'hex')
  must(id === expected, `the key ${name} says that its ID is ${id}, and it is ${expected}`)
  return { name, use, id, raw, hex: toText(raw, 'hex') }
}

// A signed note: a text, which is signed with its last line feed; an empty line; a line for each signature.
/** @param {Uint8Array} bytes @returns {Note} */
export function parseNote(bytes, where = '') {
  /** @type {(isRight: unknown, why: string) => asserts isRight} */
  const check = (isRight, why) => must(isRight, where + why)
  check(bytes.length <= 65_536, `a note of ${bytes.length} bytes is too long`)
  const note = textOf(bytes)
  check(note !== null, 'the note is not UTF-8')
  check(!/[^\P{Cc}\n\u007f-\u009f]/u.test(note), 'the note has control characters')
  const split = note.lastIndexOf('\n\n')
  check(split !== -1 && note.endsWith('\n'), 'the note has no signatures: an empty line comes before them')
  const lines = note.slice(split + 2, -1).split('\n')
  check(lines.length <= 100, `a note with ${lines.length} signatures`)
  const signatures = lines.map((line) => {
    const [, name = '', base64] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? []
    const signed = fromBase64(base64)
    check(isName(name) && signed.length >= 5, `'${line.slice(0, 80)}' is no signature line`)
    return { name, id: toText(signed.subarray(0, 4), 'hex'), bytes: signed.subarray(4) }
  })
  return { text: note.slice(0, split + 1), signatures }
}

// A signed checkpoint, or head: a note of origin, size and base64 root.
/** @param {FoundNote} found @returns {Head} */
export function parseHead({ name, note: bytes }) {
  const note = parseNote(bytes, `${name}: `)
  const [, origin = '', size, root = ''] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n([^\n]+\n)*$/.exec(note.text) ?? []
  const isHead = Number.isSafeInteger(Number(size)) && fromBase64(root).length === 32
  must(isHead, `${name}: the note is no checkpoint: origin, size and root hash, a line each`)
  return { ...note, origin, size: Number(size), root }
}

// The signatures of these keys, which must be good, and when a witness signed, in Unix seconds; others are passed over.
/** @param {Note} note @param {readonly Key[]} keys @returns {Promise<readonly Good[]>} */
export async function signaturesOf({ text, signatures }, keys) {
  const good = []
  for (const { name, id, bytes } of signatures) {
    const key = keys.find((one) => one.name === name && one.id === id)
    if (key === undefined) continue
    // tlog-cosignature: eight bytes of time, then the signature over a header, the time and the text
    const isTimed = key.use === 'witness'
    const time = isTimed && bytes.length === 72 ? BigInt(`0x${toText(bytes.subarray(0, 8), 'hex')}`) : 0n
    const message = toBytes(isTimed ? `cosignature/v1\ntime ${time}\n${text}` : text)
    const isWhole = bytes.length === (isTimed ? 72 : 64) && time <= 8_640_000_000_000n // the last that a date can say
    must(isWhole && (await ed25519(key.raw, message, bytes.subarray(-64))), `the signature of ${name} is not good`)
    good.push({ key, at: Number(time) })
  }
  return good
}

// Whom to trust (tlog-policy): logs, witnesses, groups of them, and how many it takes.
/** @param {string} text @returns {Policy} */
export function parsePolicy(text) {
  const all = { log: /** @type {Key[]} */ ([]), witness: /** @type {Key[]} */ ([]) }
  const rules = new Map([['none', /** @type {Rule} */ ({ words: 'none', holds: () => true })]])
  const grouped = new Set(['none'])
  let quorum = /** @type {Rule | undefined} */ (undefined)
  for (const [index, line] of text.split('\n').entries()) {
    const [verb = '#', name = '', ...rest] = line.split(/[ \t]+/).filter((word) => word !== '')
    let isRight = verb.startsWith('#')
    if (verb === 'log' || verb === 'witness') {
      const key = parseKey((verb === 'log' ? name : rest.shift()) ?? '')
      isRight = key.use === verb && rest.length < 2 && !rules.has(name) && all[verb].every((one) => one.hex !== key.hex)
      all[verb].push(key)
      if (verb === 'witness') rules.set(name, { words: name, holds: (by) => by.has(key.hex) })
    } else if (verb === 'group') {
      const [how = '', ...members] = rest
      const least = how === 'any' ? 1 : how === 'all' ? members.length : /^\d{1,4}$/.test(how) ? Number(how) : 0
      const isFree = members.every((one, i) => rules.has(one) && !grouped.has(one) && members.indexOf(one) === i)
      isRight = isFree && !rules.has(name) && least >= 1 && least <= members.length
      for (const member of members) grouped.add(member)
      /** @param {ReadonlySet<string>} by */
      const isMet = (by) => members.filter((member) => rules.get(member)?.holds(by)).length >= least
      rules.set(name, { words: `${least} of ${members.length}`, holds: isMet })
    } else if (verb === 'quorum') {
      isRight = quorum === undefined && rules.has(name) && rest.length === 0
      quorum = rules.get(name)
    }
    const forms = '`log VKEY`, `witness NAME VKEY`, `group NAME all|any|K NAME...`, `quorum NAME|none`'
    must(isRight, `line ${index + 1} of the policy is none of ${forms}, with names above, each in one group`)
  }
  must(quorum, 'the policy has no quorum: `quorum none`, or a name in it')
  return { logs: all.log, witnesses: all.witness, isQuorum: quorum.holds, quorum: quorum.words }
}
