/** @import { Chunks, FaultName, FoundNote, Head, Options, Policy, Verdict, Witnessed } from './types.ts' */
import { disclosureIn, laterIn } from './entries.js'
import { followChanges, parseChange, signedBy } from './keys.js'
import { linesOf, Log, subtrees } from './lines.js'
import { textOf, toBytes } from './node.js'
import { faultOf, fromBase64, jsonOf, must, parseHead } from './trust.js'
import { verdict } from './verdict.js'

// The verdict over bytes. First of a folder: its files of 65,536 lines in their order, and what is kept beside them.
/** @param {readonly string[]} files @param {(file: string) => Chunks} open @param {readonly Uint8Array[]} kept @param {Options} options */
export function auditFolder(files, open, kept, { name, strict, policy, notes }) {
  return judge(policy, async (log) => {
    must(files.length + notes.length > 0, `nothing is sealed in ${name}`)
    log.heads = notes.map(parseHead)
    let isTorn = false
    for (const file of files) {
      const first = 65_536 * Number(/(\d+)\.ndjson$/.exec(file)?.[1])
      must(first === log.seq, `the lines ${log.seq} to ${first - 1} are missing`, 'integrity')
      log.sizes = new Set(log.heads.map(({ size }) => size).filter((size) => size <= first + 65_536))
      for await (const { line, offset, torn } of linesOf(open(file)))
        if (torn && line.length <= 65_535) isTorn = true
        else log.push(line, strict, { file, offset })
    }
    must(!isTorn || notes.length > 0, 'the last line has no end, and no head says how much there was', 'truncated')
    for (const line of kept)
      log.undisclosed ||= disclosureIn(line, log.open, false) ?? 'a kept value is not as it must be'
  })
}

// A bundle: part of a log in one file. What it says of itself counts only where a signed root says the same.
/** @param {Chunks} chunks @param {Options} options */
export function auditBundle(chunks, { name, strict, policy, notes }) {
  /** @type {(isRight: unknown, why: string) => asserts isRight} */
  const check = (isRight, why) => must(isRight, `${name} is no bundle: ${why}`)
  /** @param {unknown} one */
  const isHash = (one) => fromBase64(one).length === 32
  /** @param {unknown} list @param {number} count */
  const areHashes = (list, count) => Array.isArray(list) && list.length === count && list.every(isHash)
  return judge(policy, async (log) => {
    const others = notes.map(parseHead)
    const lines = linesOf(chunks)
    // the first line: which lines it has of how many, and hashes of the full subtrees left and right of them
    const { line: first, torn: isEmpty } = (await lines.next()).value ?? { line: toBytes(''), torn: true }
    check(!isEmpty, 'it is empty')
    const { ifw, origin, from, to, size, left, right } = first.length > 16 * 1024 ? {} : jsonOf(first).said
    const isRange = [from, to, size].every(Number.isSafeInteger) && 0 <= from && from <= to && to <= size
    const isForm = isRange && areHashes(left, subtrees(0, from).length) && areHashes(right, subtrees(to, size).length)
    check(isForm && ifw === 1 && typeof origin === 'string', 'its first line is not that of a bundle')
    Object.assign(log, { part: { from, to, size }, prev: from === 0 ? log.prev : null })
    log.sizes = new Set([size, ...others.map((head) => head.size)])
    for (const [i, count] of subtrees(0, from).entries()) log.add(count, fromBase64(left[i]))
    let [note, isWhole] = ['', false]
    for await (const { line, offset, torn } of lines) {
      check(line.length <= 2 ** 18, 'one of its lines is too long')
      const text = log.seq < to ? '' : textOf(line)
      if (torn) isWhole = false
      else if (log.seq < to) log.push(line, strict, { file: name, offset })
      else if (note === '') {
        note = `${jsonOf(line).said['checkpoint']}`
        check(text === `{"checkpoint":${JSON.stringify(note)}}`, 'its checkpoint or its end is not as it must be')
      } else if (!isWhole && text === `{"end":true,"lines":${to - from}}`) isWhole = true
      else {
        const fault = isWhole ? null : disclosureIn(line, log.open, true)
        check(fault !== null, 'its checkpoint or its end is not as it must be')
        log.undisclosed ||= fault
      }
    }
    must(isWhole, `${name} has no end: it was cut`, 'truncated')
    log.heads = [parseHead({ name, note: toBytes(note) }), ...others]
    must(log.heads[0]?.origin === origin, `${name} names the log ${origin}, and its checkpoint another`)
    for (const [i, count] of subtrees(to, size).entries()) log.add(count, fromBase64(right[i]))
    const unknown = others.find((head) => head.size < size && !log.roots.has(head.size))?.size ?? 0
    must(
      unknown === 0,
      `a head of ${unknown} lines cannot be compared with ${name}: ask for one with line ${unknown - 1}`,
    )
  })
}

// What the heads say of the lines, in the order of their sizes: the first fault counts.
/** @param {Policy} policy @param {(log: Log) => Promise<void>} read @returns {Promise<Verdict>} */
async function judge(policy, read) {
  const log = new Log()
  let fault = await read(log).catch(faultOf)
  const { heads, roots, seq, marks, part, open, undisclosed } = fault?.fault === 'unreadable' ? new Log() : log
  /** @param {FaultName} kind @param {string} detail */
  const worst = (kind, detail) => (fault ??= faultOf(new Error(detail), kind))
  const changes = await Promise.all(marks.changes.map((one) => parseChange(one.event, one.seq).catch(() => [])))
  const ranges = followChanges(policy.logs, changes.flat())
  const good = part ? null : new Set() // of a bundle not all heads are known
  let sealed = /** @type {Head | null} */ (null)
  let witnessed = /** @type {Witnessed | null} */ (null)
  for (const head of heads.toSorted((a, b) => a.size - b.size)) {
    const { size, root, origin } = head
    const by = await signedBy(head, ranges, policy.witnesses, good).catch(faultOf)
    if (by instanceof Error) worst('signature', `the head of ${size} lines: ${by.message}`)
    else if (size > seq) worst('truncated', `a head of ${size} lines was signed, and there are ${seq}`)
    else if (roots.get(size) !== root)
      worst('root', `the head of ${size} lines of ${origin} was signed over other lines`)
    else {
      sealed = head
      good?.add(size)
      const isQuorum = policy.isQuorum(new Set(by.map(({ key }) => key.hex)))
      if (isQuorum || !witnessed?.isQuorum) witnessed = { size, by, quorum: policy.quorum, isQuorum }
    }
  }
  if (witnessed?.isQuorum === false) worst('unwitnessed', `the policy asks for ${policy.quorum} of the witnesses`)
  if (marks.silent !== null) worst('silent', marks.silent)
  if (part && sealed?.size !== part.size) worst('root', `its checkpoint is not of the ${part.size} lines that it names`)
  if (undisclosed !== '') worst('disclosure', undisclosed)
  const { origin } = sealed ?? heads.at(-1) ?? {}
  const times = await Promise.all(marks.heads.map((one) => laterIn(one, origin, policy.witnesses).catch(() => [])))
  const later = times.flat().filter((_, i, all) => i === 0 || i === all.length - 1) // the first and the newest
  const [from, to] = [part?.from ?? 0, Math.min(part?.to ?? seq, seq)]
  const [unsealed, redacted] = part ? [0, open.size] : [seq - (sealed?.size ?? 0), fault ? 0 : open.size]
  return verdict(fault ?? null, { from, to, heads, origin, sealed, witnessed, later, unsealed, redacted })
}
