/** @import { Chunks, Fault, FoundNote, Head, LinesFile, Options, Place, Verdict, Witnessed } from './types.ts' */
import { levels, linesOf, Log, nothingBefore, prevOf } from './lines.js'
import { attempt, encode, fromBase64, parseHead, textOf, witnessesOf } from './trust.js'

// The verdict over a folder or a bundle. Bytes in, verdict out: no files, no network, no clock.

// A folder: its files of 65,536 lines in their order, and every checkpoint that was found.
/** @param {readonly LinesFile[]} files @param {readonly FoundNote[]} notes @param {Options} options */
export async function auditFolder(files, notes, options) {
  const heads = []
  for (const { name, note } of notes) {
    const head = parseHead(note)
    if (typeof head === 'string') return unreadable(`${name}: ${head}`)
    heads.push(head)
  }
  if (files.length + heads.length === 0) return unreadable(`nothing is sealed in ${options.name}`)
  const log = new Log(options.machine, 0, nothingBefore, [])
  const roots = new Map([[0, log.root()]])
  const sizes = new Set(heads.map(({ size }) => size))
  let isTorn = false
  let fault = /** @type {Fault | null} */ (null)
  for (const { name, first, chunks } of files) {
    if (first !== log.seq) fault = broken(`the lines ${log.seq} to ${first - 1} are missing`)
    if (fault !== null) break
    for await (const { line, offset, torn } of linesOf(chunks)) {
      isTorn ||= torn
      if (torn) break
      const { seq } = log
      if (seq === first && prevOf(line) !== log.prev)
        fault = broken(`line ${seq} does not follow the one before: one of the two was changed`)
      else fault = broken(log.push(line, options.strict), { seq, file: name, offset })
      if (fault !== null) break
      if (sizes.has(log.seq) && log.seq <= first + 65_536) roots.set(log.seq, log.root())
    }
  }
  if (isTorn && heads.length === 0)
    fault ??= faultOf('truncated', 'the last line has no end, and no head says how much there was')
  return judge({ from: files[0]?.first ?? 0, lines: log.seq, roots, fault }, heads, options)
}

// A bundle: part of a log in one file. What it says of itself counts only where a signed root says the same.
/** @param {Chunks} chunks @param {Options} options @returns {Promise<Verdict>} */
export async function auditBundle(chunks, options) {
  const { name, strict } = options
  const lines = linesOf(chunks)
  const next = async () => (await lines.next()).value ?? { line: new Uint8Array(0), offset: 0, torn: true }
  const noBundle = (/** @type {string} */ why) => unreadable(`${name} is no bundle: ${why}`)

  // the first line: which lines it has, and hashes of the full subtrees left and right of them
  const first = await next()
  if (first.torn) return noBundle('it is empty')
  const meta = first.line.length > 16 * 1024 ? null : metaOf(objectOf(first.line))
  if (meta === null) return noBundle('its first line is not that of a bundle')
  const { origin, from, to, size, left, right } = meta
  const log = new Log(options.machine, from, from === 0 ? nothingBefore : null, left)
  let fault = /** @type {Fault | null} */ (null)
  const redacted = new Set() // personal values that the lines commit to
  const cut = () => ({ ...unreadable(`${name} has no end: it was cut`, 'truncated'), from, to: log.seq })
  while (log.seq < to && fault === null) {
    const { line, offset, torn } = await next()
    const { seq } = log
    if (torn) return cut()
    fault = broken(log.push(line, strict), { seq, file: name, offset })
    const committed = new TextDecoder('latin1').decode(line).matchAll(/\{"\$commitment":"(.{44})"\}/g)
    for (const [, one = ''] of committed) if (fromBase64(one)?.length === 32) redacted.add(one)
  }
  const end = log.seq
  const heads = []
  if (fault === null) {
    const said = [await next(), await next(), await next()]
    const [note, last] = said.map(({ line }) => objectOf(line))
    if (last?.disclosed) return noBundle('it discloses personal values, which infra witness verify looks at')
    const isNote = typeof note?.checkpoint === 'string' && Object.keys(note).length === 1
    const isEnd = last?.end === true && last.lines === to - from && Object.keys(last).length === 2
    const tail = said.findIndex(({ torn }) => torn)
    if ((tail !== 0 && !isNote) || (tail > 1 && !isEnd) || tail === -1)
      return noBundle('its checkpoint or its end is not as it must be')
    if (tail < 2 || said[2]?.line.length !== 0) return cut()
    const head = parseHead(encode(note?.checkpoint))
    if (typeof head === 'string') return unreadable(`${name}: ${head}`)
    if (head.origin !== origin) return unreadable(`${name} names the log ${origin}, and its checkpoint another`)
    heads.push(head)
    for (const [i, level] of levels(to, size).entries()) log.add(level, right[i] ?? encode(''))
    if (head.size < size) fault = faultOf('root', `its checkpoint is not of the ${size} lines that it names`)
  }
  const verdict = await judge({ from, lines: log.seq, roots: new Map([[size, log.root()]]), fault }, heads, options)
  return { ...verdict, to: end, unsealed: 0, redacted: redacted.size }
}

/** @param {Fault['fault']} fault @param {string} detail @param {Place | null} at @returns {Fault} */
const faultOf = (fault, detail, at = null) => ({ fault, detail, at })
/** @param {string | null} detail @param {Place | null} at */
const broken = (detail, at = null) => (detail === null ? null : faultOf('integrity', detail, at))

/** @param {Uint8Array} bytes @returns {Record<string, any> | null} */
function objectOf(bytes) {
  const value = attempt(() => JSON.parse(textOf(bytes) ?? ''))
  return typeof value === 'object' && !Array.isArray(value) ? value : null
}

/** @param {Record<string, any> | null} said */
function metaOf(said) {
  const { ifw, origin, from, to, size, left, right } = said ?? {}
  const isCount = (/** @type {any} */ value) => Number.isSafeInteger(value) && value >= 0
  if (ifw !== 1 || typeof origin !== 'string' || ![from, to, size].every(isCount) || from > to || to > size) return null
  if (!Array.isArray(left) || !Array.isArray(right)) return null
  const hashes = [...left, ...right].map((one) => fromBase64(String(one)) ?? encode(''))
  const isWhole = left.length === levels(0, from).length && right.length === levels(to, size).length
  if (!isWhole || hashes.some(({ length }) => length !== 32)) return null
  return { origin, from, to, size, left: hashes.slice(0, left.length), right: hashes.slice(left.length) }
}

/** @typedef {{ from: number, lines: number, roots: Map<number, string>, fault: Fault | null }} Walk */
// What the checkpoints say of the roots over the lines, in the order of their sizes: the first fault counts.
/** @param {Walk} walk @param {readonly Head[]} heads @param {Options} options @returns {Promise<Verdict>} */
async function judge({ from, lines, roots, fault }, heads, { policy, machine }) {
  let sealed = /** @type {Head | null} */ (null)
  let witnessed = /** @type {Witnessed | null} */ (null)
  for (const head of heads.toSorted((a, b) => a.size - b.size)) {
    const { size, root, origin } = head
    const by = await witnessesOf(head, policy, machine)
    if (typeof by === 'string') fault ??= faultOf('signature', `the head of ${size} lines: ${by}`)
    else if (size > lines) fault ??= faultOf('truncated', `a head of ${size} lines was signed, and there are ${lines}`)
    else if (roots.get(size) !== root)
      fault ??= faultOf('root', `the head of ${size} lines of ${origin} was signed over other lines`)
    else {
      sealed = head
      const isQuorum = policy.isQuorum(new Set(by.map(({ hex }) => hex)))
      if (isQuorum || !witnessed?.isQuorum)
        witnessed = { size, by: by.map(({ name, at }) => ({ name, at })), quorum: policy.quorum, isQuorum }
    }
  }
  if (witnessed?.isQuorum === false)
    fault ??= faultOf('unwitnessed', `the policy asks for ${policy.quorum} of the witnesses`)
  return {
    ...{ ok: fault === null, fault: null, detail: '', at: null, ...fault },
    ...{ origin: sealed?.origin ?? heads.at(-1)?.origin ?? null, from, to: lines, heads: heads.length, redacted: 0 },
    ...{ sealed: sealed && { size: sealed.size, root: sealed.root }, unsealed: lines - (sealed?.size ?? 0), witnessed },
  }
}

/** @param {string} detail @param {Fault['fault']} fault @returns {Verdict} */
function unreadable(detail, fault = 'unreadable') {
  const nothing = { origin: null, from: 0, to: 0, sealed: null, heads: 0, witnessed: null, unsealed: 0, redacted: 0 }
  return { ok: false, ...faultOf(fault, detail), ...nothing }
}

// What the program ends with: a contract with scripts.
/** @type {Readonly<Record<Fault['fault'], number>>} */
export const exits = {
  ...{ integrity: 5, root: 6, truncated: 7, signature: 8 },
  ...{ unwitnessed: 9, silent: 10, disclosure: 11, unreadable: 12 },
}

// The verdict for a person: a word, and what it is about.
/** @param {Verdict} verdict @returns {readonly (readonly [word: string, text: string])[]} */
export function verdictLines({ fault, detail, at, from, to, sealed, witnessed, ...rest }) {
  /** @param {Fault['fault'][]} faults @param {string} bad @param {string} good */
  const say = (faults, bad, good) => (fault !== null && faults.includes(fault) ? `${bad}: ${detail}` : good)
  const { heads, origin, redacted, unsealed } = rest
  const place = at === null ? '' : `, line ${at.seq} (${at.file}, byte ${at.offset})`
  const good = `good: ${to - from} lines, ${heads} signed heads${origin === null ? '' : ` of ${origin}`}`
  const all = sealed === null ? ', and no head says that this is all' : ` of the ${sealed.size} that were signed`
  const isAll = sealed !== null && from === 0 && to >= sealed.size
  const part = isAll ? `all ${sealed.size} lines that were signed` : `lines ${from} to ${to - 1}${all}`
  const names = witnessed?.by.map(({ name }) => name).join(', ') || 'nobody'
  const enough = witnessed?.isQuorum === false ? 'NOT ENOUGH: ' : ''
  const witnesses = witnessed && `${enough}${names}, of size ${witnessed.size}; asked for: ${witnessed.quorum}`
  const first = Math.min(...(witnessed?.by ?? []).map((one) => one.at * 1000))
  const erased = 'personal values that the lines commit to are not here: erased, or not disclosed'
  const since = first === Infinity ? '' : new Date(first).toISOString()
  return [
    ['INTEGRITY', say(['integrity', 'root', 'unreadable'], 'BROKEN', good) + place],
    ['COMPLETENESS', say(['truncated'], 'MISSING', part)],
    ['SIGNED', say(['signature'], 'NOT GOOD', sealed ? `size ${sealed.size}, root ${sealed.root}` : 'by nobody')],
    ['WITNESSED', witnesses ?? 'by nobody'],
    ['TIME', say(['silent'], 'SILENT', since ? `all of it was there at ${since}` : 'nobody outside says when')],
    ['REDACTED', redacted === 0 ? '0' : `${redacted} ${erased}`],
    ['UNSEALED', `${unsealed} lines after the newest head`],
  ]
}
