import { decodeEntry, type Recorded } from '../bus/entry.ts'
import { LogError, type EventLog, type LogBase, type Position, type Stored } from '../bus/log.ts'
import { loadBase } from './base.ts'
import type { Folded } from './projection.ts'
import { publish, readSnapshot, writeSnapshot } from './snapshot.ts'

/** Everything that is folded from one journal. */
export interface Folds {
  readonly all: readonly Folded<never>[]
  /** Whether an entry means anything after what is folded so far: one that does not is folded by none. */
  counts(recorded: Recorded): boolean
}

/** Folds one entry where it counts. Whether it did. */
export function foldInto({ all, counts }: Folds, recorded: Recorded): boolean {
  if (!counts(recorded)) return false
  for (const { projection, state } of all) projection.evolve(state, recorded)
  return true
}

/** Folds the journal into projections, and keeps snapshots so that a start need not fold it all again. */
export interface Runner {
  /** The newest entry that is folded in; null for none. */
  position(): Position | null
  /** The next entries, in the order of the log. The answer is those that count. */
  apply(batch: readonly Recorded[]): readonly Recorded[]
  /** Writes every snapshot now; of a provisional position none. */
  save(): Promise<void>
  /**
   * Folds `from` anew up to `until` into `fresh`, and puts what comes of it in the place of what was folded: its
   * order is another one than was seen. `each` is told what counts. @throws LogError, EntryError: nothing has changed
   */
  rewind(
    from: Source,
    fresh: Folds,
    until: Position | null,
    each: (recorded: Recorded) => void,
  ): Promise<void>
}

/** A log as far as folding goes. */
type Source = Pick<EventLog, 'head' | 'read' | 'compare' | 'cutting'>

/** After how many entries snapshots are written: what a start after a crash folds at the most, about 0.2 s. */
const snapshotEvery = 50_000

/**
 * Brings `folds` up to the head of `log`, from the snapshots in `folder` where there are any.
 * @throws LogError, EntryError where the log cannot be read
 */
export async function openRunner(
  log: Source & Pick<EventLog, 'isProvisional'>,
  folder: string,
  folds: Folds,
  every = snapshotEvery,
  archive: Archive = noArchive,
): Promise<Runner> {
  const { all } = folds
  let since = 0
  let saving: Promise<void> | null = null
  let position = await restore(folds, log)
  for await (const stored of log.read(position, new AbortController().signal)) {
    const recorded = decodeEntry(stored)
    foldInto(folds, recorded)
    position = recorded.position
    since++
  }

  /** From the newest snapshots; else from what stands in the place of what was cut off. */
  async function restore(folds: Folds, log: Source): Promise<Position | null> {
    const position = await fromSnapshots(folds, log)
    if (position !== null) return position // a log whose server is away need not be asked for more
    return fromBase(folds, (await log.cutting?.base()) ?? null, archive)
  }

  /** What an entry means hangs on all that is folded: snapshots count together, of one position, or not at all. */
  async function fromSnapshots({ all }: Folds, log: Source): Promise<Position | null> {
    const head = await log.head()
    if (head === null) return null
    const found = await Promise.all(all.map(({ projection }) => readSnapshot(folder, projection)))
    const at = found[0]?.position ?? null
    // a snapshot ahead of the log is of a past that was lost with the power: the log is right
    if (at === null || found.some((one) => one?.position !== at)) return null
    if (!(await isOf(log, at, head))) return null
    for (const [i, one] of all.entries()) one.state = found[i]?.state as never // its own projection loaded it
    return at
  }

  function apply(batch: readonly Recorded[]): readonly Recorded[] {
    // nearly always all of it: then it is the answer, uncopied
    let out: Recorded[] | null = null
    for (let i = 0; i < batch.length; i++) {
      const recorded = batch[i] as Recorded // i is below the length
      if (!foldInto(folds, recorded)) out ??= batch.slice(0, i)
      else out?.push(recorded)
    }
    position = batch.at(-1)?.position ?? position
    since += batch.length
    if (since >= every && saving === null) {
      since = 0
      saving = writeAll().then(
        () => void (saving = null),
        () => void (saving = null), // nothing is lost: a start folds more of the log
      )
    }
    return out ?? batch
  }

  async function writeAll(): Promise<void> {
    const at = position
    if (at === null || log.isProvisional?.(at)) return
    // taken at one moment, so that all are of the same position
    const taken = all.map(({ projection, state }) => [projection, projection.save(state)] as const)
    for (const [projection, lines] of taken) await writeSnapshot(folder, projection, at, lines)
    for (const [projection] of taken) await publish(folder, projection)
  }

  return {
    position: () => position,
    apply,
    async save() {
      await saving
      await writeAll()
    },
    async rewind(from, fresh, until, each) {
      let at = await restore(fresh, from)
      for await (const stored of from.read(at, new AbortController().signal)) {
        if (until === null || from.compare(stored.position, until) > 0) break
        const recorded = decodeEntry(stored)
        if (foldInto(fresh, recorded)) each(recorded)
        at = recorded.position
      }
      for (const [i, one] of all.entries()) one.state = fresh.all[i]?.state as never // the same folds
      position = at
    },
  }
}

/** The entries that were cut off a log, up to and with one, from where they are kept for good. */
export type Archive = (upTo: Position) => AsyncIterable<Stored>

async function* noArchive(): AsyncGenerator<Stored> {
  // nothing is kept elsewhere
}

/**
 * Folds what was cut off a log: its base, or, where an older version wrote that, the entries themselves. The position up to which
 * that is; null where nothing was cut. @throws LogError where neither can be had
 */
export async function fromBase(
  folds: Folds,
  base: LogBase | null,
  archive: Archive = noArchive,
): Promise<Position | null> {
  if (base === null || loadBase(folds.all, base.text)) return base?.after ?? null
  let last: Position | null = null
  for await (const stored of archive(base.after)) {
    foldInto(folds, decodeEntry(stored))
    last = stored.position
  }
  if (last === base.after) return last
  throw new LogError(
    'corrupt',
    `what stands in the place of the entries up to ${base.after}, which were trimmed, was written by another version, and the sealed lines of them are not in witness/segments: bring those back from a copy, or start the version that wrote it`,
  )
}

/** Whether a position from a snapshot is one of this log; what is none is of a damaged file or of a past that was lost. */
async function isOf(
  log: Pick<EventLog, 'read' | 'compare'>,
  position: Position,
  head: Position,
): Promise<boolean> {
  try {
    if (log.compare(position, head) > 0) return false
    // a log that has lost its tail and grown again has a newer head, and not this position
    for await (const _ of log.read(position, AbortSignal.abort())) break
    return true
  } catch {
    return false // nothing is lost: the state is folded from the log instead
  }
}
