import type { MidiPorts } from '../../wire/midi-ports.ts'
import { systemPorts } from '../../wire/system-midi-ports.ts'
import { type OpenSurface, type Surface, SurfaceError, type SurfaceHost } from '../surface.ts'
import { deviceQuery } from './codec.ts'
import { consoleOf } from './console.ts'
import { mackieDisplay, xctlDisplay } from './display.ts'
import { layoutOf } from './layout.ts'
import type { Model } from './model.ts'
import { models } from './models.ts'
import { networkWire } from './network.ts'
import { type ConsoleSurfaceOptions, options } from './options.ts'
import { portWire } from './port.ts'
import { Station } from './station.ts'
import type { ConsoleWire, ConsoleWireEvents } from './wire.ts'
import { xctlWire } from './xctl.ts'

/** 5004: what network MIDI begins at; 10111: Xctl's. */
const usualPorts = { invite: 5004, accept: 5004, xctl: 10_111 } as const

export const surface: Surface<typeof options> = {
  type: 'mcu',
  title: 'Fader consoles: Mackie Control, X-Touch and what speaks like them, by MIDI or network',
  options,
  // whoever has network MIDI may be a console; an X-Touch's Xctl announces nothing
  discovery: {
    service: 'apple-midi',
    transport: 'udp',
    optionsOf: ({ host, port }) => ({ via: 'invite', console: host, port }),
  },
  announced: ({ via, host, port = usualPorts.accept }) =>
    via === 'accept' ? [{ service: 'apple-midi', transport: 'udp', host, port, txt: {} }] : [],
  open: (name, given, host) => openConsole(name, given, host, systemPorts),
}

/** `load`: the MIDI ports of the machine, looked at every `lookMs`. @throws SurfaceError */
export async function openConsole(
  name: string,
  given: ConsoleSurfaceOptions,
  host: SurfaceHost,
  load: () => Promise<MidiPorts>,
  lookMs?: number,
): Promise<OpenSurface> {
  const model: Model = models[given.model]
  const { via, time } = given
  checkChoice(name, given)
  const layout = layoutOf(model, given.pagesAsKeys)
  const display = via === 'xctl' ? xctlDisplay : mackieDisplay(model)
  const panel = {
    // one entry of the config is one console: its name is what stays
    id: `mcu:${name}`,
    product: model.title,
    source: `mcu:${name}`,
    controls: layout.controls,
    ownsPin: true,
  }
  const hello = via === 'xctl' ? [] : [deviceQuery(model.device)]
  const console = () => consoleOf(model, layout, display, given)
  const station = new Station(host, panel, console, hello, (to) =>
    wireOf(name, given, model, to, load, lookMs),
  )
  const off =
    time === undefined
      ? () => {}
      : host.states.follow(({ device, path, value }) => {
          if (device === time.device && path === time.path) station.time(timeText(value))
        })
  if (time !== undefined) station.time(timeText(host.states.at(time.device, time.path)))
  try {
    await station.open()
  } catch (error) {
    off()
    throw error
  }
  return {
    get address() {
      return station.address
    },
    async close() {
      off()
      await station.close()
    },
  }
}

function wireOf(
  name: string,
  given: ConsoleSurfaceOptions,
  model: Model,
  events: ConsoleWireEvents,
  load: () => Promise<MidiPorts>,
  lookMs?: number,
): ConsoleWire {
  const { via, midi, midiInput } = given
  if (via === 'port') {
    const output = midi === '' ? model.title : midi
    return portWire({ output, input: midiInput }, events, load, lookMs)
  }
  const network = { ...given, port: given.port ?? usualPorts[via] }
  return via === 'xctl' ? xctlWire(name, network, events) : networkWire(name, via, network, events)
}

/** @throws SurfaceError where the choices do not fit each other */
function checkChoice(name: string, { via, model, console }: ConsoleSurfaceOptions): void {
  if (via === 'xctl' && model !== 'x-touch')
    throw new SurfaceError(
      'model',
      `surfaces.${name}.model is ${model}, and only an X-Touch speaks Xctl: use via: port, invite or accept`,
    )
  if (via === 'invite' && console === '*')
    throw new SurfaceError(
      'console',
      `surfaces.${name}.console is missing: say whom to invite, by name or address`,
    )
}

/** What a device says of the time; nothing where it says something else. */
function timeText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 64) : ''
}
