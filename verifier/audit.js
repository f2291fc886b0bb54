/** @import { Chunks, Fault, FaultName, FoundNote, Head, Options, Policy, Verdict, Witnessed } from './types.ts' */
import { commitmentsIn, disclosureIn } from './entries.js'
import { followChanges, parseChange, signedBy } from './keys.js'
import { linesOf, Log, subtrees } from './lines.js'
import { textOf, toBytes } from './node.js'
import { faultOf, fromBase64, jsonOf, must, parseHead } from './trust.js'
import { verdict } from './verdict.js'

// The verdict over bytes. First of a folder: of its files of 65,536 lines in their order, and the checkpoints in it.
/** @param {readonly string[]} files @param {(file: string) => Chunks} open @param {readonly FoundNote[]} notes @param {Options} options */
export async function auditFolder(files, open, notes, { name, strict, policy }) {
  const log = new Log()
  const read = async () => {
    must(files.length + notes.length > 0, `nothing is sealed in ${name}`)
    log.heads = notes.map(parseHead)
    const sizes = new Set(log.heads.map(({ size }) => size))
    let isTorn = false
    for (const file of files) {
      const first = 65_536 * Number(/(\d+)\.ndjson$/.exec(file)?.[1])
      must(first === log.seq, `the lines ${log.seq} to ${first - 1} are missing`, 'integrity')
      for await (const { line, offset, torn } of linesOf(open(file))) {
        if (torn && line.length <= 65_535) isTorn = true
        else log.push(line, strict, { file, offset })
        if (sizes.has(log.seq) && log.seq <= first + 65_536) log.keepRoot()
      }
    }
    must(!isTorn || notes.length > 0, 'the last line has no end, and no head says how much there was', 'truncated')
  }
  return judge(log, await read().catch(faultOf), policy)
}

// A bundle: part of a log in one file. What it says of itself counts only where a signed root says the same.
/** @param {Chunks} chunks @param {Options} options */
export async function auditBundle(chunks, { name, strict, policy }) {
  const log = new Log()
  /** @type {(isRight: unknown, why: string) => asserts isRight} */
  const check = (isRight, why) => must(isRight, `${name} is no bundle: ${why}`)
  /** @param {unknown} list @param {number} count */
  const areHashes = (list, count) => Array.isArray(list) && list.length === count && list.every(isHash)
  const read = async () => {
    const lines = linesOf(chunks)
    // the first line: which lines it has of how many, and hashes of the full subtrees left and right of them
    const { line: first, torn: isEmpty } = (await lines.next()).value ?? { line: toBytes(''), torn: true }
    check(!isEmpty, 'it is empty')
    const { ifw, origin, from, to, size, left, right } = first.length > 16 * 1024 ? {} : jsonOf(first).said
    const isRange = [from, to, size].every(Number.isSafeInteger) && 0 <= from && from <= to && to <= size
    const isForm = isRange && areHashes(left, subtrees(0, from).length) && areHashes(right, subtrees(to, size).length)
    check(isForm && ifw === 1 && typeof origin === 'string', 'its first line is not that of a bundle')
    Object.assign(log, { seq: from, peaks: left.map(fromBase64), prev: from === 0 ? log.prev : null })
    const part = (log.part = { from, to, size, open: new Set(), undisclosed: /** @type {string | null} */ (null) })
    const wrong = 'its checkpoint or its end is not as it must be'
    let note = ''
    let isWhole = false
    for await (const { line, offset, torn } of lines) {
      check(line.length <= 2 ** 18, 'one of its lines is too long')
      const text = log.seq < to ? '' : textOf(line)
      if (torn) isWhole = false
      else if (log.seq < to) {
        for (const one of commitmentsIn(line)) part.open.add(one)
        log.push(line, strict, { file: name, offset })
      } else if (note === '') {
        note = `${jsonOf(line).said['checkpoint']}`
        check(text === `{"checkpoint":${JSON.stringify(note)}}`, wrong)
      } else if (!isWhole && text === `{"end":true,"lines":${to - from}}`) isWhole = true
      else {
        const fault = isWhole ? null : disclosureIn(line, part.open)
        check(fault !== null, wrong)
        part.undisclosed ||= fault
      }
    }
    must(isWhole, `${name} has no end: it was cut`, 'truncated')
    log.heads = [parseHead({ name, note: toBytes(note) })]
    must(log.heads[0]?.origin === origin, `${name} names the log ${origin}, and its checkpoint another`)
    for (const [i, count] of subtrees(to, size).entries()) log.add(count, fromBase64(right[i]))
    log.keepRoot()
  }
  return judge(log, await read().catch(faultOf), policy)
}

/** @param {unknown} text */
const isHash = (text) => fromBase64(text).length === 32

// What the heads say of the lines, in the order of their sizes: the first fault counts.
/** @param {Log} found @param {Fault | void} stopped @param {Policy} policy @returns {Promise<Verdict>} */
async function judge(found, stopped, policy) {
  const { heads, roots, seq, marks, part } = stopped?.fault === 'unreadable' ? new Log() : found
  let fault = stopped ?? null
  /** @param {FaultName} kind @param {string} detail */
  const worst = (kind, detail) => (fault ??= faultOf(new Error(detail), kind))
  const changes = await Promise.all(marks.changes.map((one) => parseChange(one.event, one.seq).catch(() => [])))
  const ranges = followChanges(policy.logs, changes.flat())
  const good = part ? null : new Set() // a bundle has one head only
  let sealed = /** @type {Head | null} */ (null)
  let witnessed = /** @type {Witnessed | null} */ (null)
  for (const head of heads.toSorted((a, b) => a.size - b.size)) {
    const { size, root, origin } = head
    const by = await signedBy(head, ranges, policy.witnesses, good).catch(faultOf)
    const isOther = roots.get(size) !== root
    if (by instanceof Error) worst('signature', `the head of ${size} lines: ${by.message}`)
    else if (size > seq) worst('truncated', `a head of ${size} lines was signed, and there are ${seq}`)
    else if (isOther) worst('root', `the head of ${size} lines of ${origin} was signed over other lines`)
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
  if (part?.undisclosed) worst('disclosure', part.undisclosed)
  const to = Math.min(part?.to ?? seq, seq)
  const unsealed = part ? 0 : seq - (sealed?.size ?? 0)
  return verdict(fault, {
    from: part?.from ?? 0,
    to,
    heads,
    sealed,
    witnessed,
    unsealed,
    redacted: part?.open.size ?? 0,
  })
}
