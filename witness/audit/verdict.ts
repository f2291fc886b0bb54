import type { Later } from './later.ts'

/** What is wrong, the worst first. Each has an exit code of its own. */
export type AuditFault =
  /** A line was changed, removed, inserted or moved. */
  | 'integrity'
  /** The root over the lines is not the one that was signed: all of it was made anew, or a head is of another history. */
  | 'root'
  /** Lines are missing at the end: what was signed or cosigned is larger. */
  | 'truncated'
  /** A head is not signed by a key that the auditor trusts, or the signature is not good. */
  | 'signature'
  /** Fewer witnesses than the policy asks for. */
  | 'unwitnessed'
  /** Nothing was recorded for longer than a hub that runs is ever silent. */
  | 'silent'
  /** What was disclosed is not what was committed to. */
  | 'disclosure'
  /** What was given to verify cannot be read at all. */
  | 'unreadable'

/** 5 is the contract of `infra` for what does not verify; what follows says why. */
export const auditExit: Readonly<Record<AuditFault, number>> = {
  integrity: 5,
  root: 6,
  truncated: 7,
  signature: 8,
  unwitnessed: 9,
  silent: 10,
  disclosure: 11,
  unreadable: 12,
}

/** What an auditor learns. `null`: that line of the verdict says nothing, because there was nothing to look at. */
export interface AuditVerdict {
  readonly ok: boolean
  /** The worst that was found; null where all is good. */
  readonly fault: AuditFault | null
  /** One sentence for it; empty where all is good. */
  readonly detail: string
  /** Where a line is broken. */
  readonly at: { readonly seq: number; readonly file: string; readonly offset: number } | null
  /** The log's name. */
  readonly origin: string | null
  /** The lines that were there and follow each other: from the first up to, and without, `to`. */
  readonly from: number
  readonly to: number
  /** How many of all lines the newest good head covers, and its root, base64. */
  readonly sealed: { readonly size: number; readonly root: string } | null
  /** How many heads were verified. */
  readonly heads: number
  readonly witnessed: {
    readonly size: number
    /** Who cosigned, and when: seconds since the epoch. */
    readonly by: readonly { readonly name: string; readonly at: number }[]
    /** What the policy asks for, `2 of 3`. */
    readonly quorum: string
    readonly isQuorum: boolean
  } | null
  /** From where on all is later than what: by cosignatures that stand in the lines, from the first and the newest of them. */
  readonly later: readonly Later[]
  /** Lines after the newest good head: nothing is promised of them. */
  readonly unsealed: number
  /** Personal values that the lines commit to, and that are not here: erased, or not disclosed. */
  readonly redacted: number
}

/** The verdict as lines for a person: a word, then what it is about. */
export function auditLines(
  verdict: AuditVerdict,
): readonly (readonly [word: string, text: string])[] {
  const { fault, detail, at, from, to, sealed, heads, witnessed, unsealed, redacted, origin } =
    verdict
  const broken = fault === 'integrity' || fault === 'root' || fault === 'unreadable'
  const place = at === null ? '' : `, line ${at.seq} (${at.file}, byte ${at.offset})`
  const lines = to > from ? `lines ${from} to ${to - 1}` : 'no line'
  const times = witnessed?.by.map(({ at: time }) => time) ?? []
  return [
    [
      'INTEGRITY',
      broken
        ? `BROKEN: ${detail}${place}`
        : `good: ${to - from} lines, ${heads} signed heads${origin === null ? '' : ` of ${origin}`}`,
    ],
    [
      'COMPLETENESS',
      fault === 'truncated'
        ? `MISSING: ${detail}`
        : sealed === null
          ? `${lines}, and no head says that this is all`
          : from === 0 && to >= sealed.size
            ? `all ${sealed.size} lines that were signed`
            : `${lines} of the ${sealed.size} that were signed`,
    ],
    [
      'SIGNED',
      fault === 'signature'
        ? `NOT GOOD: ${detail}`
        : sealed === null
          ? 'by nobody'
          : `size ${sealed.size}, root ${sealed.root}`,
    ],
    [
      'WITNESSED',
      witnessed === null
        ? 'by nobody'
        : `${witnessed.isQuorum ? '' : 'NOT ENOUGH: '}${witnessed.by.map(({ name }) => name).join(', ') || 'nobody'}, of size ${witnessed.size}; asked for: ${witnessed.quorum}`,
    ],
    [
      'TIME',
      fault === 'silent'
        ? `SILENT: ${detail}`
        : [
            times.length === 0
              ? 'nobody outside says when'
              : `all of it was there at ${timeText(Math.min(...times))}`,
            ...verdict.later.map(
              ({ seq, at }) => `from line ${seq} on it is later than ${timeText(at)}`,
            ),
          ].join('; '),
    ],
    [
      'REDACTED',
      fault === 'disclosure'
        ? `NOT WHAT WAS RECORDED: ${detail}`
        : redacted === 0
          ? '0'
          : `${redacted} personal values that the lines commit to are not here: erased, or not disclosed`,
    ],
    ['UNSEALED', `${unsealed} lines after the newest head`],
  ]
}

/** `at`: seconds since the epoch. */
function timeText(at: number): string {
  return new Date(at * 1000).toISOString()
}
