import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The heap after a full collection. */
export function heapBytes(): number {
  setFlagsFromString('--expose_gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
