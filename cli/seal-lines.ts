import type { SealAudit } from './offline.ts'
import { paint, plain } from './output.ts'

/** What is said of a data folder in which nothing is sealed. */
export const unsealed = 'not sealed: nothing outside this machine can be compared with it'

/** The verdict on a seal for people. */
export function sealLines(lines: SealAudit['lines']): readonly string[] {
  const bad = /^(BROKEN|MISSING|NOT|SILENT)/
  return lines.map(
    ([word, text]) =>
      `${word.padEnd(14)}${bad.test(text) ? paint('bad', plain(text)) : plain(text)}`,
  )
}
