import type { JsonObject } from '../../intents/json.ts'
import { words } from '../field.ts'
import type { Drafted, Fire, Opened } from './module.ts'

// Companions press each other's buttons by a generic connection: docs/user-guide of companion, HTTP, OSC, TCP and UDP remote
// control. Here `protocol: companion` is that other one: it says which control is not there, and tries no press twice.

interface Remote {
  readonly transport: 'http' | 'osc' | 'tcp' | 'udp'
  readonly action: string
  readonly args: JsonObject
}

/** @param nameOf a name for the Companion behind the device of that name, which nobody else has */
export function withRemote(opened: Opened, nameOf: (device: string) => string): Opened {
  const remotes = new Map<string, Drafted>()
  const plain = new Set<string>()

  function translate(fire: Fire, drafts: readonly Drafted[]): Fire {
    const draft = drafts.find(({ name }) => name === fire.device)
    const remote = draft === undefined ? null : remoteOf(draft, fire)
    const device = draft === undefined || remote === null ? null : deviceOf(draft, remote.transport)
    if (draft === undefined || remote === null || device === null) {
      plain.add(fire.device)
      return fire
    }
    const known = remotes.get(draft.name) ?? { ...device, name: nameOf(draft.name) }
    remotes.set(draft.name, known)
    return { device: known.name, action: remote.action, args: remote.args }
  }

  return {
    ...opened,
    devices: () => [
      // one that only ever spoke to a Companion is that Companion
      ...opened.devices().filter(({ name }) => plain.has(name) || !remotes.has(name)),
      ...remotes.values(),
    ],
    act(action) {
      const acted = opened.act(action)
      if (!acted.ok) return acted
      const drafts = opened.devices()
      return { ok: true, fires: acted.fires.map((fire) => translate(fire, drafts)) }
    },
  }
}

/** The Companion that such a device speaks to; null where the adapter cannot. */
function deviceOf(
  { options }: Drafted,
  transport: Remote['transport'],
): Omit<Drafted, 'name'> | null {
  if (transport === 'http') {
    const { hostname, port, protocol } = new URL(words(options['url']) ?? '')
    if (protocol !== 'http:') return null
    return companion({ host: hostname, transport, httpPort: port === '' ? 80 : Number(port) })
  }
  const { host, port, transport: framing = 'udp' } = options
  if (transport === 'osc' && framing !== 'udp') return null
  return companion({ host: host ?? null, transport, [`${transport}Port`]: port ?? null })
}

function companion(options: JsonObject) {
  return { protocol: 'companion', options }
}

const gesture = '(press|down|up|rotate-left|rotate-right)'
const place = String.raw`(\d{1,4}/\d{1,2}/\d{1,2})`
const variable = '([A-Za-z0-9_]{1,64})'
const forms = {
  pressUrl: new RegExp(`^/api/location/${place}/${gesture}$`),
  pressOsc: new RegExp(`^/location/${place}/${gesture}$`),
  pressLine: new RegExp(String.raw`^LOCATION\s+${place}\s+${gesture}$`, 'i'),
  setOsc: new RegExp(`^/custom-variable/${variable}/value$`),
  setLine: new RegExp(String.raw`^CUSTOM-VARIABLE\s+${variable}\s+SET-VALUE\s+(\S.*)$`, 'i'),
}

/** What is asked of a Companion by that; null: it is nothing of the kind. */
function remoteOf({ protocol }: Drafted, { action, args }: Fire): Remote | null {
  if (protocol === 'http' && !Array.isArray(args)) return fromRequest(args as JsonObject)
  if (protocol === 'osc' && Array.isArray(args)) return fromOsc(action, args)
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  // without its end a line is none there
  const line =
    action.startsWith('send_') && !Array.isArray(args)
      ? (words((args as JsonObject)['text']) ?? '')
      : ''
  const [, location, how] = forms.pressLine.exec(line) ?? []
  if (location !== undefined) return press(protocol, location, how)
  const [, name, value] = forms.setLine.exec(line) ?? []
  return name === undefined ? null : set(protocol, name, value ?? '')
}

function fromRequest({ method, path }: JsonObject): Remote | null {
  if (method !== 'POST' || typeof path !== 'string') return null
  const [, location, how] = forms.pressUrl.exec(path) ?? []
  return location === undefined ? null : press('http', location, how)
}

function fromOsc(address: string, args: readonly unknown[]): Remote | null {
  const [, location, how] = forms.pressOsc.exec(address) ?? []
  if (location !== undefined) return press('osc', location, how)
  const [, name] = forms.setOsc.exec(address) ?? []
  const [value] = args
  const isPlain = typeof value === 'string' || typeof value === 'boolean'
  return name === undefined || !isPlain ? null : set('osc', name, value)
}

function press(transport: Remote['transport'], location: string, how = 'press'): Remote {
  return { transport, action: how.toLowerCase(), args: { location } }
}

function set(transport: Remote['transport'], name: string, value: string | boolean): Remote {
  return { transport, action: 'custom-variable', args: { name, value } }
}
