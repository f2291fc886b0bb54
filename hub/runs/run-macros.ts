import { hash } from 'node:crypto'
import type { RunId } from '../../intents/id.ts'
import type { Macro } from '../../macros/macro.ts'
import type { Run } from '../../projections/runs.ts'

/**
 * Which macro a run follows: the one with which it began, whatever the config says by now, because the places in its record
 * are of those steps. A hub that comes to the run later knows by their digest whether it has the same.
 */
export interface RunMacros {
  /** undefined: the config has it no more. */
  of(run: Run): Macro | undefined
  /** Whether its steps are others than those with which it began. */
  isOther(run: Run): boolean
  /** It follows what the config says now. */
  begin(run: Run): void
  end(run: RunId): void
}

export function openRunMacros(macros: () => ReadonlyMap<string, Macro>): RunMacros {
  const followed = new Map<RunId, Macro>()
  const of = (run: Run) => followed.get(run.run) ?? macros().get(run.macro)
  return {
    of,
    isOther(run) {
      const macro = of(run)
      return macro !== undefined && run.of !== undefined && run.of !== digestOf(macro)
    },
    begin(run) {
      const macro = macros().get(run.macro)
      if (macro !== undefined) followed.set(run.run, macro)
    },
    end: (run) => void followed.delete(run),
  }
}

/** Of each macro object once: a run of one step would pay as much for it as for the step. */
const digests = new WeakMap<Macro, string>()

/** What tells the steps of a macro from any others that a person would write. */
export function digestOf(macro: Macro): string {
  const known = digests.get(macro)
  if (known !== undefined) return known
  const digest = hash('sha256', JSON.stringify(macro.steps), 'base64').slice(0, 12)
  digests.set(macro, digest)
  return digest
}
