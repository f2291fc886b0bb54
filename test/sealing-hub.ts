import { existsSync, readFileSync } from 'node:fs'
import type { HubProcess } from './hub-process.ts'
import { until } from './site.ts'

// A hub and the process that seals for it.

/** Until the hub has signed something, or says why it does not. */
export async function untilSigned(hub: HubProcess): Promise<void> {
  await until('a signed head', async () => {
    const { body } = await hub.get('/api/v1/witness')
    const seal = body['seal'] as { signed: number; trouble: string | null } | null // of our own API
    if (seal?.trouble != null) throw new Error(seal.trouble)
    return (seal?.signed ?? 0) > 0
  })
}

/** The process that seals for a hub. */
export function sealerOf(hub: HubProcess): number | null {
  const path = `/proc/${hub.pid}/task/${hub.pid}/children`
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split(' ')[0]) || null : null
}
