import { decodeEntry, type Recorded } from '../bus/entry.ts'
import type { EventLog, Position } from '../bus/log.ts'
import type { Projection } from './projection.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'

/** A projection and its state as of now. */
export interface Folded<State> {
  readonly projection: Projection<State>
  state: State
  /** The newest entry that is folded in. */
  position: Position | null
}

/** Folds the journal into projections, and keeps snapshots so that a start need not fold it all again. */
export interface Runner {
  /** The next entries, in the order of the log. */
  apply(batch: readonly Recorded[]): void
  /** Writes every snapshot now. */
  save(): Promise<void>
}

/** After how many entries snapshots are written: what a start after a crash folds at the most, about 0.2 s. */
const snapshotEvery = 50_000

/**
 * Brings `folded` up to the head of `log`, from the snapshots in `folder` where there are any.
 * @throws LogError, EntryError where the log cannot be read
 */
export async function openRunner(
  log: Pick<EventLog, 'head' | 'read' | 'compare'>,
  folder: string,
  folded: readonly Folded<never>[],
  every = snapshotEvery,
): Promise<Runner> {
  let since = 0
  let saving: Promise<void> | null = null
  const head = await log.head()
  for (const one of folded) {
    const snapshot = await readSnapshot(folder, one.projection)
    // a snapshot ahead of the log is of a past that was lost with the power: the log is right
    if (snapshot === null || head === null) continue
    if (!(await isOf(log, snapshot.position, head))) continue
    one.state = snapshot.state
    one.position = snapshot.position
  }
  const oldest = folded
    .map((one) => one.position)
    .reduce(
      (a, b) => (a === null || b === null ? null : log.compare(a, b) < 0 ? a : b),
      folded[0]?.position ?? null,
    )
  for await (const stored of log.read(oldest, new AbortController().signal)) {
    const recorded = decodeEntry(stored)
    for (const one of folded) {
      if (one.position !== null && log.compare(recorded.position, one.position) <= 0) continue
      one.projection.evolve(one.state, recorded)
      one.position = recorded.position
    }
    since++
  }

  function apply(batch: readonly Recorded[]): void {
    for (const one of folded) {
      const { projection, state } = one
      for (const recorded of batch) projection.evolve(state, recorded)
      one.position = batch.at(-1)?.position ?? one.position
    }
    since += batch.length
    if (since < every || saving !== null) return
    since = 0
    saving = writeAll().then(
      () => void (saving = null),
      () => void (saving = null), // nothing is lost: a start folds more of the log
    )
  }

  async function writeAll(): Promise<void> {
    // taken at one moment, so that all are of the same position
    const taken = folded.map((one) => ({ ...one, lines: one.projection.save(one.state) }))
    for (const { projection, position, lines } of taken)
      if (position !== null) await writeSnapshot(folder, projection, position, lines)
  }

  return {
    apply,
    async save() {
      await saving
      await writeAll()
    },
  }
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
