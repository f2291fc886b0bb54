import type { Console } from './console.ts'
import type { Problem } from './problem.ts'

/** Input that never became an intent is counted by the hub; a fault of its own is recorded with what it was. */
export function reject(hub: Console, source: string, said: Problem, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error)
  const detail = said.code === 'internal' ? `internal: ${why}` : `${said.code}: ${said.detail}`
  hub.rejected(source, { code: 'malformed', reached: 'no', detail: detail.slice(0, 500) })
}
