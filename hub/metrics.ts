import type { StatusView } from '../surfaces/http/site-view.ts'
import type { Activity } from '../projections/activity.ts'

/** Prometheus text format 0.0.4 of the hub's state. */
export function metricsText(status: StatusView, activity: Activity): string {
  const lines: string[] = []
  const metric = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
  ) => {
    lines.push(`# HELP infra_${name} ${help}`, `# TYPE infra_${name} ${type}`)
    for (const [labels, value] of samples) lines.push(`infra_${name}${labelText(labels)} ${value}`)
  }
  const one = (value: number) => [[{}, value] as const]
  metric(
    'intents_accepted_total',
    'counter',
    'Intents accepted, as recorded in the journal',
    one(activity.accepted),
  )
  metric(
    'intents_refused_total',
    'counter',
    'Intents refused, as recorded in the journal',
    one(activity.refused),
  )
  metric(
    'intents_ended_total',
    'counter',
    'Intents that ended, by outcome',
    Object.entries(activity.ended).map(([outcome, n]) => [{ outcome }, n]),
  )
  metric('attempts_total', 'counter', 'Attempts to deliver', one(activity.attempts))
  metric('intents_open', 'gauge', 'Intents without an outcome', one(status.openIntents))
  metric('held', 'gauge', '1 while the panic stop is on', one(status.held ? 1 : 0))
  metric(
    'input_rejected_total',
    'counter',
    'Inputs that never became an intent, since the hub started',
    status.surfaces.map(({ name, rejected }) => [{ surface: name }, rejected]),
  )
  metric('access_refused_total', 'counter', 'Requests turned away', one(activity.accessRefused))
  const byDevice = (value: (device: StatusView['devices'][number]) => number) =>
    status.devices.map(
      (device) => [{ device: device.id, protocol: device.protocol }, value(device)] as const,
    )
  metric(
    'device_up',
    'gauge',
    '1 up, 0 down, -1 not known',
    byDevice(({ link }) => (link.up === null ? -1 : Number(link.up))),
  )
  metric(
    'device_open',
    'gauge',
    'Intents that wait for a device or are under way',
    byDevice((d) => d.open),
  )
  metric(
    'device_delivered_total',
    'counter',
    'Intents delivered',
    byDevice((d) => d.delivered),
  )
  metric(
    'device_failed_total',
    'counter',
    'Intents that were not',
    byDevice((d) => d.failed),
  )
  metric(
    'hub_up',
    'gauge',
    '1 for each hub of the site that gives signs of life',
    status.hubs.map(({ hub }) => [{ hub }, 1]),
  )
  metric(
    'hub_lag_seconds',
    'gauge',
    'How long after its stamp a hub folded the newest entry',
    status.hubs.map(({ hub, lagMs }) => [{ hub }, lagMs / 1000]),
  )
  metric(
    'hub_cursor',
    'gauge',
    'The newest entry a hub has folded: its number, on Redis the milliseconds of its place',
    status.hubs.map(({ hub, cursor }) => [{ hub }, Number.parseInt(cursor ?? '0', 10)]),
  )
  metric(
    'lease',
    'gauge',
    'The fencing token under which a hub acts for a device; 0 where nobody does or the log has one hub',
    status.leases.map(({ device, hub, token }) => [{ device, hub: hub ?? '' }, token ?? 0]),
  )
  metric(
    'log_writable',
    'gauge',
    '1 while the journal can be written',
    one(status.log.writable ? 1 : 0),
  )
  metric(
    'log_alone',
    'gauge',
    '1 while this hub acts alone, because the log is away',
    one(status.log.aloneSince === null ? 0 : 1),
  )
  metric(
    'journal_entries',
    'gauge',
    'Entries of this hub in the journal',
    one(status.witness.entries),
  )
  const { seal } = status.witness
  if (seal !== null) {
    metric('sealed_entries', 'gauge', 'Entries that are sealed', one(seal.sealed))
    metric('signed_entries', 'gauge', 'Entries under a signed head', one(seal.signed))
    const { signedAt, witnessed } = seal
    const age = (at: number | null) => (at === null ? [] : one((status.now - at) / 1000))
    metric('signed_age_seconds', 'gauge', 'Since the newest head was signed', age(signedAt))
    metric(
      'witnessed_age_seconds',
      'gauge',
      'Since enough witnesses cosigned a head',
      age(witnessed?.at ?? null),
    )
    metric(
      'unsigned_age_seconds',
      'gauge',
      'Since when entries wait for a signed head; 0 where none do',
      one(seal.behindSince === null ? 0 : (status.now - seal.behindSince) / 1000),
    )
    metric(
      'sealing',
      'gauge',
      '1 while the record is being sealed',
      one(seal.trouble === null ? 1 : 0),
    )
  }
  metric(
    'uptime_seconds',
    'gauge',
    'Since the hub started',
    one((status.now - status.startedAt) / 1000),
  )
  metric(
    'process_resident_memory_bytes',
    'gauge',
    'Resident memory',
    one(process.memoryUsage.rss()),
  )
  return `${lines.join('\n')}\n`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
