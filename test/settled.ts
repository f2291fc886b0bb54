import { setImmediate as turn } from 'node:timers/promises'
import { collect } from '../wire/collect.fixture.ts'

/** What this process holds once all garbage is collected: its heap, and buffers outside of it. Bytes. */
export async function settledBytes(): Promise<number> {
  await turn()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
