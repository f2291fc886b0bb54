import type { ChainTip } from '../intents/custody-event.ts'
import type { Json } from '../intents/json.ts'
import type { Folded } from './projection.ts'

// What stands in the place of entries that were cut off a log: all that was folded of them, and where each hub's chain was.

interface SavedBase {
  readonly tips: readonly ChainTip[]
  readonly folds: readonly {
    readonly name: string
    readonly version: number
    readonly lines: readonly Json[]
  }[]
}

export function baseText(all: readonly Folded<never>[], tips: readonly ChainTip[]): string {
  const folds = all.map(({ projection, state }) => ({
    name: projection.name,
    version: projection.version,
    lines: projection.save(state),
  }))
  return JSON.stringify({ tips, folds } satisfies SavedBase)
}

/** Puts what a base has into `folds`. False, and nothing is changed, where another version of a projection wrote it. */
export function loadBase(all: readonly Folded<never>[], text: string): boolean {
  const { folds } = JSON.parse(text) as SavedBase // baseText wrote it; the log has checked that it is whole
  const saved = all.map(({ projection: { name, version } }) =>
    folds.find((one) => one.name === name && one.version === version),
  )
  if (saved.includes(undefined)) return false
  for (const [i, one] of all.entries()) one.state = one.projection.load(saved[i]?.lines ?? []) // its own projection loads it
  return true
}

export function tipsOfBase(text: string): readonly ChainTip[] {
  return (JSON.parse(text) as SavedBase).tips
}
