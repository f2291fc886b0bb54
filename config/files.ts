import { type CheckRun, note } from './check.ts'
import { foundText } from './fault.ts'
import { spotAt } from './relations.ts'
import type { Located } from './source.ts'

/** What a file that a config names is for. */
export type FileUse = 'policy' | 'certificate'

/** What is wrong with a file, in words; null: nothing. */
export type FileFault = (use: FileUse, path: string) => string | null

const named: readonly (readonly [use: FileUse, path: readonly string[], expected: string])[] = [
  ['policy', ['witness', 'policy'], 'a file with a policy'],
  ['certificate', ['http', 'tls', 'certFile'], 'a file that can be read'],
  ['certificate', ['http', 'tls', 'keyFile'], 'a file that can be read'],
]

/** Reports files that a config names and that are not there, or not what they must be. */
export function checkFiles(run: CheckRun, root: Located, faultOf: FileFault): void {
  for (const [use, path, expected] of named) {
    const spot = spotAt(root, path)
    if (typeof spot?.value !== 'string') continue
    const fault = faultOf(use, spot.value)
    if (fault !== null)
      note(run, spot.at, path, `${expected} (${fault})`, foundText(spot.value, []))
  }
}
