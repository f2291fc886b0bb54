import { Worker } from 'node:worker_threads'
import type { ChainVerdict } from '../witness/verify.ts'

/** Verifies the journal in `data` on another thread. Rejects where it cannot be read. */
export function verifyInWorker(data: string): Promise<ChainVerdict> {
  const file = import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js'
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { data } })
    worker.once('message', (verdict: ChainVerdict) => resolve(verdict))
    worker.once('error', reject)
    worker.once('exit', (code) =>
      reject(new Error(`the verification ended with code ${code} and no verdict`)),
    )
  })
}
