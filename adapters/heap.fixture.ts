import { collect } from '../wire/collect.fixture.ts'

/** The heap after a full collection. */
export function heapBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}
