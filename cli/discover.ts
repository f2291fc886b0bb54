import type { Command } from 'commander'
import type { DeviceKind } from '../hub/devices/device-kind.ts'
import type { Discovered, Discovering } from '../hub/discovery/discover.ts'
import { flagOf, flagWords } from './device-flags.ts'
import { Stop } from './exit.ts'
import { discoverDevices, kindsOfDevices } from './offline.ts'
import { note, plain, print, printJson } from './output.ts'
import { parametersOf } from './schema-phrase.ts'
import { example, jsonOption, wantsJson } from './settings.ts'
import { table } from './table.ts'

/** Three seconds: who hears the question answers within one, and it is asked again after one. */
const usualSeconds = 3
/** A minute: who has said nothing by then says nothing. */
const mostSeconds = 60

/** `infra bus discover`: who announces itself, without a hub. */
export function addDiscover(bus: Command): void {
  const discover = bus
    .command('discover')
    .summary('find the devices and surfaces that announce themselves on the network')
    .description(
      'Listen on the networks of this machine for devices that announce themselves (DNS-SD over multicast DNS), and print the line that adds each. Needs no hub and changes nothing.',
    )
    .option('--seconds <n>', `how long to listen, 1 to ${mostSeconds}`, String(usualSeconds))
  example(jsonOption(discover), 'infra bus discover', 'infra bus discover --seconds 10').action(
    async ({ seconds }: { seconds: string }) => {
      const forMs = Number(seconds) * 1000
      if (!(forMs >= 1000 && forMs <= mostSeconds * 1000))
        throw new Stop('usage', `--seconds is a number from 1 to ${mostSeconds}, not "${seconds}"`)
      const kinds = await kindsOfDevices()
      const ended = new AbortController()
      const stop = () => ended.abort()
      process.once('SIGINT', stop).once('SIGTERM', stop)
      const discovering = await discoverDevices(forMs, ended.signal)
      process.off('SIGINT', stop).off('SIGTERM', stop)
      const lines = addLines(discovering.found, kinds)
      if (wantsJson(discover))
        printJson([
          ...discovering.found.map((one, i) => ({ ...one, add: lines[i] ?? '' })),
          ...discovering.surfaces.map((one) => ({ ...one, surface: surfaceLine(one) })),
        ])
      else {
        show(discovering.found, lines)
        showSurfaces(discovering.surfaces)
      }
      noteRest(discovering, kinds, seconds)
    },
  )
}

function show(found: readonly Discovered[], lines: readonly string[]): void {
  if (found.length === 0) return
  const rows = found.map(({ name, protocol, host, port }) => [name, protocol, host, String(port)])
  for (const line of table(['announced as', 'type', 'host', 'port'], rows)) print(line)
  print('')
  print('to add them:')
  for (const line of lines) print(`  ${plain(line)}`)
}

function showSurfaces(found: readonly Discovered[]): void {
  if (found.length === 0) return
  print('')
  print('what may be a surface; for the config, below surfaces:')
  for (const one of found) print(`  ${plain(surfaceLine(one))}`)
}

/** The line of the config that has it as a surface. */
function surfaceLine({ protocol: type, name, options }: Discovered): string {
  return `${nameFor(name, type, new Set())}: ${JSON.stringify({ type, ...options })}`
}

/** What a person should know beside the list; all of it on stderr. */
function noteRest(
  { found, surfaces, faults, isCut, asked }: Discovering,
  kinds: readonly DeviceKind[],
  seconds: string,
): void {
  for (const fault of faults) note(`infra: could not ask on ${plain(fault)}`)
  if (isCut) note('infra: more was announced than is listened to: the list may lack some')
  if (found.length + surfaces.length > 0) return
  const names = (isAnnounced: boolean) =>
    kinds.flatMap((kind) => (kind.isAnnounced === isAnnounced ? [kind.protocol] : [])).join(', ')
  note(
    asked.length === 0
      ? 'infra: nothing found: this machine has no network (IPv4)'
      : `infra: nothing announced itself within ${seconds} s on ${asked.join(', ')}`,
  )
  note(`  looked for: ${names(true)}`)
  note('  check that the device is on, is on the same network (announcements cross no router), and')
  note('  that no firewall here holds back UDP port 5353; or listen longer: --seconds 10')
  note(`  these announce nothing, so add them by their address: ${names(false)}`)
  note('  for example: infra bus add obs pgm --host 10.0.0.6')
}

/** For each device the line that adds it: a name of its own, its options, and where its secrets will be. */
export function addLines(
  found: readonly Discovered[],
  kinds: readonly DeviceKind[],
): readonly string[] {
  const taken = new Set<string>()
  return found.map(({ protocol, name, options }) => {
    const schema = kinds.find((kind) => kind.protocol === protocol)?.options ?? {}
    const own = nameFor(name, protocol, taken)
    taken.add(own)
    const secrets = parametersOf(schema).flatMap((parameter) =>
      parameter.isNeeded && parameter.schema['x-secret'] === true
        ? [
            flagOf(parameter.name),
            `env:${own}_${parameter.name}`
              .toUpperCase()
              .replaceAll('-', '_')
              .replace('ENV:', 'env:'),
          ]
        : [],
    )
    return ['infra bus add', protocol, own, ...flagWords(options, schema), ...secrets].join(' ')
  })
}

/** What it calls itself as a name of the config: letters, digits and dashes, and none twice. */
function nameFor(announced: string, protocol: string, taken: ReadonlySet<string>): string {
  const plainest = announced
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
  const name = plainest === '' ? protocol : plainest
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`
}
