/** @import { Head, Key, Machine, Policy, Rule } from './types.ts' */

// Keys, signed checkpoints and policies: who signed, and whom the auditor trusts. The rules are those of C2SP
// (https://c2sp.org): signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy. What is verified may come from an
// attacker; whom to trust comes from the auditor alone.

/** @param {string} text */
export const encode = (text) => new TextEncoder().encode(text)
/** @param {Uint8Array} bytes */
export const latin1 = (bytes) => String.fromCharCode(...bytes)
/** @param {Uint8Array} bytes */
export const toBase64 = (bytes) => btoa(latin1(bytes))
/** @param {Uint8Array} bytes */
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

// What `make` makes; null where it cannot.
/** @template T @param {() => T} make */
export function attempt(make) {
  try {
    return make()
  } catch {
    return null
  }
}

// Null for what is not UTF-8.
/** @param {Uint8Array} bytes */
export const textOf = (bytes) => attempt(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))

// Base64 (RFC 4648, section 4) in the one form that encoding gives; null for any other.
/** @param {string} text */
export function fromBase64(text) {
  const bytes = attempt(() => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))
  return bytes !== null && toBase64(bytes) === text ? bytes : null
}

/** @param {readonly Uint8Array[]} parts */
export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of parts) all.set(part, (end += part.length) - part.length)
  return all
}

// What a key may be called (signed-note).
/** @param {string} name */
const isName = (name) => name.length > 0 && name.length <= 200 && !/[\s+\p{C}\p{Z}]/u.test(name)

// The y of the eight points of small order (RFC 8032, section 5.1): anybody can sign for such a key.
const prime = 2n ** 255n - 19n
const ofOrder8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n
const smallOrder = [0n, 1n, prime - 1n, ofOrder8, prime - ofOrder8]

// A verifier key (signed-note): <name>+<key ID in hex>+<base64 of type byte and key>. Refused are keys on which verifiers
// disagree: those of small order, and those not written in their canonical form.
/** @param {string} text @param {Machine} machine @returns {Key} */
export function parseKey(text, { sha256 }) {
  const [name = '', id = '', ...base64] = text.trim().split('+')
  const bytes = fromBase64(base64.join('+')) // base64 has a plus of its own
  if (!isName(name) || bytes?.length !== 33)
    throw new Error(`'${text.slice(0, 80)}' is no verifier key: <name>+<8 hex digits>+<base64>`)
  // type 1 signs checkpoints as they are; type 4 cosigns them with a time
  const use = bytes[0] === 1 ? 'log' : bytes[0] === 4 ? 'witness' : null
  if (use === null) throw new Error(`the key ${name} is of type ${bytes[0]}, which is not supported: Ed25519 is`)
  const expected = toHex(sha256(joined(encode(`${name}\n`), bytes)).subarray(0, 4))
  if (id !== expected) throw new Error(`the key ${name} says that its ID is ${id}, and it is ${expected}`)
  const raw = bytes.slice(1)
  const y = BigInt(`0x${toHex(raw.toReversed())}`) % 2n ** 255n // little-endian; the top bit is the sign of x
  if (y >= prime || smallOrder.includes(y)) throw new Error(`the key ${name} is of small order, or not canonical`)
  return { name, use, id, raw, hex: toHex(raw) }
}

// A signed checkpoint: origin, size, base64 root; an empty line; signatures. A sentence for what is none.
/** @param {Uint8Array} bytes @returns {Head | string} */
export function parseHead(bytes) {
  if (bytes.length > 65_536) return `a note of ${bytes.length} bytes is too long`
  const note = textOf(bytes)
  if (note === null) return 'the note is not UTF-8'
  if (/[^\P{Cc}\n\u007f-\u009f]/u.test(note)) return 'the note has control characters'
  const split = note.lastIndexOf('\n\n')
  if (split === -1 || !note.endsWith('\n')) return 'the note has no signatures: an empty line comes before them'
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > 100) return `a note with ${lines.length} signatures`
  const signatures = []
  for (const line of lines) {
    const [dash, name = '', base64 = '', ...more] = line.split(' ')
    const signed = fromBase64(base64) ?? new Uint8Array(0)
    if (dash !== '—' || !isName(name) || signed.length < 5 || more.length > 0)
      return `'${line.slice(0, 80)}' is no signature line`
    signatures.push({ name, id: toHex(signed.subarray(0, 4)), bytes: signed.subarray(4) })
  }
  const text = note.slice(0, split + 1) // what is signed, with its last line feed
  const [origin = '', size = '', root = '', ...more] = text.slice(0, -1).split('\n')
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size))
  if (origin === '' || !isSize || fromBase64(root)?.length !== 32 || more.includes(''))
    return 'the note is no checkpoint: origin, size and root hash, a line each'
  return { origin, size: Number(size), root, text, signatures }
}

// Whether a trusted key may sign this checkpoint as its log: the key of a log has the log's name.
/** @param {Key} key @param {Head} head */
const maySign = (key, { origin }) => key.use === 'log' && key.name === origin

// The witnesses that cosigned, and when, in seconds since the epoch. A sentence where the log did not sign, or where
// somebody trusted is named whose signature is not good; who is not trusted is passed over.
/** @param {Head} head @param {Policy} policy @param {Machine} machine */
export async function witnessesOf(head, { logs, witnesses }, { ed25519 }) {
  let isSigned = false
  const cosigned = []
  for (const { name, id, bytes } of head.signatures) {
    const key = [...logs, ...witnesses].find((one) => one.name === name && one.id === id)
    if (key === undefined) continue
    const isLog = key.use === 'log'
    // tlog-cosignature: eight bytes of time, then the signature over a header, the time and the text
    const time = isLog || bytes.length !== 72 ? 0n : new DataView(joined(bytes).buffer).getBigUint64(0)
    const message = encode(isLog ? head.text : `cosignature/v1\ntime ${time}\n${head.text}`)
    const isWhole = bytes.length === (isLog ? 64 : 72) && time <= BigInt(Number.MAX_SAFE_INTEGER)
    if (!isWhole || !(await ed25519(key.raw, message, bytes.slice(-64)))) return `the signature of ${name} is not good`
    if (!isLog) cosigned.push({ name, hex: key.hex, at: Number(time) })
    isSigned ||= maySign(key, head)
  }
  return isSigned ? cosigned : `no key that is trusted signed the checkpoint of ${head.origin}`
}

// Whom to trust (tlog-policy): lines of `log`, `witness` and `group`, and one `quorum`.
/** @param {string} text @param {Machine} machine @returns {Policy} */
export function parsePolicy(text, machine) {
  const keys = { log: /** @type {Key[]} */ ([]), witness: /** @type {Key[]} */ ([]) }
  const rules = new Map([['none', /** @type {Rule} */ ({ words: 'none', holds: () => true })]])
  const grouped = new Set(['none'])
  let quorum = /** @type {Rule | undefined} */ (undefined)
  for (const [index, line] of text.split('\n').entries()) {
    const [verb, name = '', ...rest] = line.split(/[ \t]+/).filter((word) => word !== '')
    if (verb === undefined || verb.startsWith('#')) continue
    /** @param {boolean} isRight @param {string} why */
    const must = (isRight, why) => {
      if (!isRight) throw new Error(`line ${index + 1} of the policy: ${why}`)
    }
    must(verb === 'log' || verb === 'quorum' || !rules.has(name), `the name ${name} is in use`)
    if (verb === 'quorum') {
      must(quorum === undefined && rules.has(name) && rest.length === 0, 'there is one quorum, of a name above')
      quorum = rules.get(name)
    } else if (verb === 'log' || verb === 'witness') {
      const key = parseKey((verb === 'log' ? name : rest.shift()) ?? '', machine)
      must(key.use === verb && rest.length <= 1, 'it is `log <vkey>` or `witness <name> <vkey>`')
      must(!keys[verb].some(({ hex }) => hex === key.hex), `this ${verb} is there twice`)
      keys[verb].push(key)
      if (verb === 'witness') rules.set(name, { words: name, holds: (by) => by.has(key.hex) })
    } else if (verb === 'group') {
      const [how = '', ...members] = rest
      const least = how === 'any' ? 1 : how === 'all' ? members.length : /^\d{1,4}$/.test(how) ? Number(how) : 0
      must(least >= 1 && least <= members.length, 'a group is `group <name> all|any|<k> <name>...`')
      const parts = members.flatMap((member) => rules.get(member) ?? [])
      must(parts.length === members.length, 'its members are names above')
      must(!members.some((one, i) => grouped.has(one) || members.indexOf(one) < i), 'a member is in one group')
      for (const member of members) grouped.add(member)
      const words = `${least} of ${members.length}`
      rules.set(name, { words, holds: (by) => parts.filter((part) => part.holds(by)).length >= least })
    } else must(false, `'${verb.slice(0, 40)}' is none of log, witness, group and quorum`)
  }
  if (quorum === undefined) throw new Error('the policy has no quorum: `quorum none`, or a name in it')
  return { logs: keys.log, witnesses: keys.witness, isQuorum: quorum.holds, quorum: quorum.words }
}
