import { join } from 'node:path'
import type { Clock } from '../../bus/clock.ts'
import type { EventLog, Position } from '../../bus/log.ts'
import type { Recorder } from '../../bus/recorder.ts'
import type { Config } from '../../config/config.ts'
import type { Instant } from '../../intents/id.ts'
import { freeBefore, type Custody } from '../../projections/custody.ts'
import { readLines } from '../../witness/seal/segments.ts'
import { apart } from '../apart.ts'
import type { SealReport } from './seal-task.ts'
import type { BaseTask, TrimBase } from './trim.ts'

export interface RetentionParts {
  readonly clock: Clock
  readonly config: () => Config
  readonly data: string
  readonly log: EventLog
  readonly recorder: Pick<Recorder, 'record'>
  readonly custody: () => Custody
  /** How far the seal is. */
  readonly report: () => Pick<SealReport, 'signed' | 'witnessed'> | null
  /** Whether this hub is the one that trims: the one that signs, while it is joined. */
  readonly mayTrim: () => boolean
}

/** Cuts off the record what is older than the config's retention, sealed, and under no legal hold. */
export interface Retention {
  /** Looks once. What was cut up to; null: nothing. @throws LogError, Error: nothing that is not sealed is gone */
  look(): Promise<string | null>
  /** Why the newest look failed; null where it did not. */
  trouble(): string | null
  close(): void
}

/** The first look is not among all that a start has to do. Milliseconds. */
const firstMs = 60_000
/** What is kept for months need not go to the hour. Milliseconds. */
const everyMs = 3_600_000
/** Each trim is an entry: one a day is enough. Milliseconds. */
const leastMs = 24 * 3_600_000
/** The sealer looks at its newest two lines when it starts: these stay in the journal. */
const sealerLines = 2

export function openRetention(parts: RetentionParts): Retention {
  const { clock, log, recorder, custody } = parts
  let trouble: string | null = null
  let looking: Promise<string | null> | null = null
  let cancel = clock.after(firstMs, again)

  function again(): void {
    cancel = clock.after(everyMs, again)
    look().catch(() => {}) // `trouble` says why, and the next look is another
  }

  function look(): Promise<string | null> {
    looking ??= trim()
      .then(
        (upTo) => {
          trouble = null
          return upTo
        },
        (error: unknown) => {
          trouble = error instanceof Error ? error.message : String(error)
          throw error
        },
      )
      .finally(() => (looking = null))
    return looking
  }

  async function trim(): Promise<string | null> {
    const { cutting } = log
    const before = beforeOf()
    if (cutting === undefined || before === null || !parts.mayTrim()) return null
    const { trimmed } = custody()
    // recorded and not cut: the last process ended in between
    const base = await cutting.base()
    if (trimmed !== null && base?.after !== trimmed.upTo) return cutUpTo(trimmed.upTo, null)
    if (base !== null && trimmed !== null) await cutting.cut(base)
    if (trimmed !== null && before - trimmed.before < leastMs) return null
    const upTo = await limitOf(before)
    if (upTo === null) return null
    return cutUpTo(upTo, before)
  }

  /** What was stamped before this may go; null: nothing may. */
  function beforeOf(): Instant | null {
    const { retentionMs } = parts.config().witness
    const free = freeBefore(custody())
    if (retentionMs === null || free === null) return null
    return Math.min(clock.now() - retentionMs, free) as Instant // ms since the epoch
  }

  async function limitOf(before: Instant): Promise<Position | null> {
    const old = await log.before(before)
    const sealed = sealedUpTo()
    if (old === null || sealed === null) return null
    const limit = log.compare(old, sealed) < 0 ? old : sealed
    return (await log.cutting?.cuttable(limit)) ?? null
  }

  /** The newest entry that is sealed under a head, with the witnesses where the config has a policy, and that the sealer does not need. */
  function sealedUpTo(): Position | null {
    const line = sealedSize() - 1 - sealerLines
    if (line < 0) return null
    const [text] = readLines(join(parts.data, 'witness', 'segments'), line, line + 1)
    const found = /,"rid":"([^"]+)"\}$/.exec(text?.toString() ?? '')
    return found === null ? null : (found[1] as Position) // of this log: it was sealed from it
  }

  function sealedSize(): number {
    const report = parts.report()
    const size = parts.config().witness.policy === null ? report?.signed : report?.witnessed?.size
    return size ?? 0
  }

  /** `before`: null where the trim is recorded already. */
  async function cutUpTo(upTo: string, before: Instant | null): Promise<string | null> {
    const { site, log: where } = parts.config()
    const task: BaseTask = { config: { site, log: where }, data: parts.data, upTo }
    const { text, tips } = await apart<TrimBase>('trim-process', task)
    if (before !== null) {
      const now = beforeOf()
      if (now === null || now < before) return null // somebody has placed a legal hold meanwhile
      await recorder.record(
        [{ type: 'LogTrimmed', upTo, before, sealed: sealedSize(), tips }],
        'durable',
      )
    }
    await log.cutting?.cut({ after: upTo as Position, text })
    return upTo
  }

  return { look, trouble: () => trouble, close: () => cancel() }
}
