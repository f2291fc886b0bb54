import type { SealAudit } from './offline.ts'
import { paint, plain } from './output.ts'

/** The verdict on a seal for people; null where nothing is sealed. */
export function sealLines(lines: SealAudit['lines'] | null): readonly string[] {
  if (lines === null) return ['not sealed: nothing outside this machine can be compared with it']
  const bad = /^(BROKEN|MISSING|NOT|SILENT)/
  return lines.map(
    ([word, text]) =>
      `${word.padEnd(14)}${bad.test(text) ? paint('bad', plain(text)) : plain(text)}`,
  )
}
