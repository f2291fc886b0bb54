import type { Macro } from '../../macros/macro.ts'
import type { Run } from '../../projections/runs.ts'

/** What a run that was asked for does beside the others of its macro. */
export type Turn =
  | { readonly type: 'begin' }
  | { readonly type: 'queue' }
  | { readonly type: 'drop'; readonly detail: string }
  /** These are cancelled; it begins when they are over. */
  | { readonly type: 'restart'; readonly cancel: readonly Run[] }

/**
 * By the order in which they were asked for, which the log says: two that come in one commit are not both the first. `runs` in
 * that order; `isOver`: also of those whose end is not recorded yet.
 */
export function turnOf(
  run: Run,
  macro: Macro,
  runs: Iterable<Run>,
  isOver: (run: Run) => boolean,
): Turn {
  const { concurrency } = macro
  if (concurrency === undefined) return { type: 'begin' }
  const before: Run[] = []
  for (const other of runs) {
    if (other.run === run.run) break
    if (other.macro === run.macro && !isOver(other)) before.push(other)
  }
  if (before.length < concurrency.most) return { type: 'begin' }
  switch (concurrency.policy) {
    case 'queue':
      return { type: 'queue' }
    case 'drop':
      return {
        type: 'drop',
        detail: `not begun: ${before.length} of ${run.macro} are under way (concurrency: drop)`,
      }
    case 'restart':
      return { type: 'restart', cancel: before }
    default:
      return concurrency satisfies never
  }
}
