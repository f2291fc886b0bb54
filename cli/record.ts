import type { RecordDiff } from '../hub/audit/diff.ts'
import type { DryRun, DryRunOrder } from '../hub/runs/dry-run.ts'
import type { proveGiven } from '../hub/audit/proof-files.ts'
import type { RoomState } from '../hub/audit/room-state.ts'
import type { Shown } from '../hub/audit/shown.ts'
import type { Given } from '../hub/audit/site-record.ts'
import type { IntentId } from '../intents/id.ts'
import type { Entry } from './answers.ts'

// A record that is read in this process, without a hub. Loaded when it is asked for, as in offline.ts.

/** The room at a moment (null: the newest), folded from a record. @throws an error with `fault` where it does not verify */
export async function replayRecord(given: Given, to: string | null): Promise<RoomState> {
  const { replayGiven } = await import('../hub/audit/inspect.ts')
  return replayGiven(given, to)
}

/** What changed between two moments. @throws as {@link replayRecord} */
export async function diffRecord(given: Given, from: string, to: string): Promise<RecordDiff> {
  const { diffGiven } = await import('../hub/audit/inspect.ts')
  return diffGiven(given, from, to)
}

/** An intent and all that it led to; proofs go to `folder`. @throws as {@link replayRecord} */
export async function showRecord(
  given: Given,
  id: IntentId,
  folder: string | null,
): Promise<Shown> {
  const { showGiven } = await import('../hub/audit/shown.ts')
  return showGiven(given, id, folder)
}

/** What a control led to. @throws as {@link replayRecord} */
export async function whoRecord(
  given: Given,
  control: string,
  limit: number,
  folder: string | null,
): Promise<Shown> {
  const { whoGiven } = await import('../hub/audit/shown.ts')
  return whoGiven(given, control, limit, folder)
}

/** The entries of a record after a position. @throws as {@link replayRecord} */
export async function* entriesOf(
  given: Given,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  const { entriesGiven } = await import('../hub/audit/inspect.ts')
  yield* entriesGiven(given, after, signal)
}

/** What a macro would do in a recorded room: nothing is sent. @throws as {@link replayRecord} */
export async function dryRunOf(order: DryRunOrder): Promise<DryRun> {
  const { dryRun } = await import('../hub/runs/dry-run.ts')
  return dryRun(order)
}

/** Proves one line, and writes that to files. @throws as {@link replayRecord} */
export async function proveLine(
  ...asked: Parameters<typeof proveGiven>
): ReturnType<typeof proveGiven> {
  // by another name than the type's: a declaration of this function names that
  const proofs = await import('../hub/audit/proof-files.ts')
  return proofs.proveGiven(...asked)
}
