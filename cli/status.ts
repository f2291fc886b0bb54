import type { Command } from 'commander'
import type { Device, Status } from './answers.ts'
import { ask } from './client.ts'
import { paint, plain, print, printJson } from './output.ts'
import { clock, moment, span, valuePhrase } from './phrase.ts'
import { sealAges } from './seal-ages.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { table, type Cell } from './table.ts'

export function addStatus(program: Command): void {
  const status = program
    .command('status')
    .summary('the hub at a glance')
    .description('The hub, its devices, links, leases, open intents, surfaces and witness.')
  example(hubOptions(status), 'infra status', 'infra status --json').action(async () => {
    const answer = await ask<Status>(hubOf(status), { method: 'GET', path: '/api/v1/status' }, [
      'site',
      'log',
      'devices',
      'hubs',
      'leases',
      'surfaces',
      'witness',
    ])
    if (wantsJson(status)) printJson(answer)
    else for (const line of statusLines(answer)) print(line)
  })
}

function statusLines(status: Status): string[] {
  const { log, surfaces } = status
  const on = (word: string, text: string) => `${word.padEnd(10)}${text}`
  return [
    on('site', plain(`${status.site}, hub ${status.hub}, version ${status.version}`)),
    on('up', `${span(status.now - status.startedAt)}, since ${moment(status.startedAt)}`),
    on('hold', status.held ? paint('bad', 'on: devices get nothing') : 'off'),
    on(
      'log',
      `${plain(`${log.engine}, ${log.head === null ? 'empty' : `at ${log.head}`}`)}, ${
        log.writable ? 'writable' : paint('bad', plain(`NOT writable: ${log.detail}`))
      }${
        log.aloneSince === null ? '' : paint('bad', `; acts ALONE since ${moment(log.aloneSince)}`)
      }`,
    ),
    on('open', `${status.openIntents} intents wait or are under way`),
    on('witness', witnessPhrase(status.witness)),
    ...sealAges(status.witness.seal, status.now).map(([word, text]) => on(word, text)),
    '',
    ...deviceTable(status.devices, status.leases),
    '',
    ...hubTable(status),
    '',
    ...table(
      ['surface', 'type', 'panels', 'rejected', 'address'],
      surfaces.map(({ name, type, address, seated, rejected }) => [
        name,
        type,
        seated === 0 ? '' : String(seated),
        rejected === 0 ? '0' : { text: String(rejected), tone: 'warn' },
        // the last: it may say at length what stands in the way
        address,
      ]),
    ),
    ...panelTable(surfaces),
  ]
}

/** One row for each panel that has joined; nothing where there is none. */
function panelTable(surfaces: Status['surfaces']): string[] {
  const rows = surfaces.flatMap(({ name, panels }) =>
    panels.map(({ id, product, page, locked }) => [
      id,
      product,
      name,
      String(page),
      locked ? ({ text: 'locked', tone: 'warn' } as const) : '',
    ]),
  )
  return rows.length === 0 ? [] : ['', ...table(['panel', 'product', 'surface', 'page', ''], rows)]
}

function witnessPhrase({ entries, head, verified }: Status['witness']): string {
  const chain = plain(`${entries} entries, head ${head.slice(0, 12)}`)
  if (verified === null) return `${chain}, not verified yet`
  const when = `at ${clock(verified.at)}`
  if (verified.ok) {
    const { gaps } = verified
    const but =
      gaps.length === 0
        ? ''
        : `, ${paint('warn', `but for ${gaps.length} recorded ${gaps.length === 1 ? 'gap' : 'gaps'}`)}`
    return `${chain}, ${paint('good', 'verified')} ${when}${but}`
  }
  return `${chain}, ${paint('bad', plain(`BROKEN: ${verified.fault} at ${verified.position}`))}, found ${when}`
}

/** One row for each hub that is alive: what it has folded, how late, and what it acts for. */
function hubTable({ hubs, leases, now }: Status): string[] {
  return table(
    ['hub', 'console', 'cursor', 'lag', 'leases', 'seen'],
    hubs.map(({ hub, url, at, cursor, lagMs, leaving }) => [
      leaving ? { text: `${hub} (stopping)`, tone: 'warn' } : hub,
      url,
      cursor ?? 'starting',
      `${Math.round(lagMs)} ms`,
      String(leases.filter((lease) => lease.hub === hub).length),
      `${span(Math.max(0, now - at))} ago`,
    ]),
  )
}

/** One row for each device; with `leases`, which hub acts for it. */
export function deviceTable(
  devices: readonly Device[],
  leases: Status['leases'] | null = null,
): string[] {
  const rows = devices.map((device): Cell[] => [
    device.id,
    device.protocol,
    linkCell(device.link),
    ...(leases === null ? [] : [leaseText(leases.find((lease) => lease.device === device.id))]),
    String(device.open),
    lastPhrase(device),
  ])
  const lease = leases === null ? [] : ['lease']
  return table(['device', 'protocol', 'link', ...lease, 'open', 'last'], rows)
}

function leaseText(lease: Status['leases'][number] | undefined): string {
  if (lease?.hub == null) return 'nobody'
  return lease.token === null ? lease.hub : `${lease.hub} #${lease.token}`
}

function linkCell({ up, detail }: Device['link']): Cell {
  if (up === null)
    return { text: detail === '' ? 'not known' : `not known: ${detail}`, tone: 'faint' }
  if (up) return { text: 'up', tone: 'good' }
  return { text: detail === '' ? 'down' : `down: ${detail}`, tone: 'bad' }
}

/** The newest that was said by or set on the device. */
function lastPhrase(device: Device): string {
  const said = Object.entries(device.reported).map(([path, { value, at }]) => ({
    at,
    text: `${path} is ${valuePhrase(value)}`,
  }))
  const set = Object.entries(device.desired).map(([path, { value, at, outcome }]) => ({
    at,
    text: `${path} set to ${valuePhrase(value)} (${outcome})`,
  }))
  const newest = [...said, ...set].reduce<{ at: number; text: string } | null>(
    (best, next) => (best === null || next.at > best.at ? next : best),
    null,
  )
  return newest === null ? '' : `${clock(newest.at)} ${newest.text}`
}
