import { verifierKeyOf, type PlainKey } from '../check/vkey.ts'
import { lookAtHeads, type PublishedHead } from './heads.ts'
import { scanFile, type Scan, type ScanTask } from './scan.ts'

/** Heads that were published, to be looked at in one go. */
export interface HeadsTask {
  /** The folder `witness`. */
  readonly folder: string
  /** Their sizes, as their files are called. */
  readonly names: readonly string[]
  readonly keys: readonly PlainKey[]
}

/** A part of a folder's verification that needs nothing of the others: all of it can go from one process to another. */
export type Task = { readonly scan: ScanTask } | { readonly heads: HeadsTask }

/** What came of a task. */
export type Done = { readonly scan: Scan } | { readonly heads: readonly PublishedHead[] }

export function doTask(task: Task): Done {
  if ('scan' in task) return { scan: scanFile(task.scan) }
  const { folder, names, keys } = task.heads
  return { heads: lookAtHeads(folder, names, keys.map(verifierKeyOf)) }
}
