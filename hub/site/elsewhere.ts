import type { DeviceId } from '../../intents/id.ts'
import type { Leases } from '../../projections/leases.ts'

/** Which hub to ask about a device that this one does not act for, in words. */
export function elsewhere(
  device: DeviceId,
  { leases }: Leases,
  hubs: readonly { readonly hub: string; readonly url: string }[],
): string {
  const hub = leases.get(device)?.hub ?? null
  if (hub === null) return 'no hub acts for it at this moment'
  const url = hubs.find((sign) => sign.hub === hub)?.url ?? ''
  return `the hub ${hub} acts for it: ask there${url === '' ? '' : `, ${url}`}`
}
