import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ChainVerdict } from '../witness/verify.ts'

/** Verifies the journal in `data` in another process. Rejects where it cannot be read. */
export function verifyApart(data: string): Promise<ChainVerdict> {
  const file = import.meta.url.endsWith('.ts') ? './verify-process.ts' : './verify-process.js'
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [data])
    child.once('message', (verdict) => resolve(verdict as ChainVerdict)) // from verify-process.ts, which sends nothing else
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the verification ended with code ${code} and without a verdict`)),
    )
  })
}
