import type { Json } from '../../intents/json.ts'
import { number, own, text } from '../field.ts'
import type { Action, Feedback } from '../model.ts'
import { type Acted, type Lit, type Module, no } from './module.ts'

// companion-module-studiocoast-vmix, src/actions: most actions send one function, `functionID` or the action's own name, with the
// other options as its parameters. Mixes count from 1 there and from 0 in vMix. Whether vMix has such a function with such
// parameters is judged by our adapter.

export const vmix: Module = {
  ids: ['studiocoast-vmix', 'vmix'],
  open({ config }, name) {
    const host = text(config, 'host') ?? '127.0.0.1'
    const port = number(config, 'tcpPort') ?? number(config, 'port') ?? 8099
    return {
      devices: () => [
        { name, protocol: 'vmix', options: port === 8099 ? { host } : { host, port } },
      ],
      act: (action) => acted(name, action),
      lit: (feedback) => litOf(name, feedback),
      notes: ['the state is read at httpPort 8088: set it where the web controller has another'],
    }
  },
}

function acted(device: string, { name, options }: Action): Acted {
  if (name === 'overlayFunctions') return overlay(device, options)
  const called =
    text(options, 'functionID') ??
    (Object.hasOwn(otherwise, name) ? otherwise[name] : undefined) ??
    name
  const args: Record<string, Json> = {}
  for (const [key, value] of Object.entries(options)) {
    if (key === 'functionID' || value === '' || value === null) continue
    if (key === 'adjustment') {
      if (value !== 'Set') return no('it changes a value by steps')
      continue
    }
    const mix = key === 'mix' ? mixOf(value) : 0
    if (mix === null) return no('its mix is the one that is selected in Companion')
    if (key !== 'mix') args[key] = value
    else if (mix > 0) args['mix'] = mix
  }
  if (/^(?:Start|Stop|StartStop)Streaming$/.test(called) && args['value'] !== undefined)
    return no('it is about one of several streams, which are counted otherwise')
  return fired(device, called, args)
}

/** Actions whose name is not that of their function. */
const otherwise: Readonly<Record<string, string>> = {
  fadeToBlack: 'FadeToBlack',
  programCut: 'CutDirect',
}

function fired(device: string, action: string, args: Readonly<Record<string, Json>>): Acted {
  return { ok: true, fires: [{ device, action, args }] }
}

function overlay(device: string, options: Action['options']): Acted {
  const type = text(options, 'type') ?? ''
  const channel = number(options, 'overlay')
  if (type === 'OverlayInputAllOff') return fired(device, type, {})
  const mixes = own(options, 'mix')
  if (Array.isArray(mixes) && mixes.some((mix) => mixOf(mix as Json) !== 0))
    return no('it is about other mixes than the first')
  if (channel === null || channel < 1 || channel > 8) return no('its overlay is none from 1 to 8')
  const input = text(options, 'input') ?? ''
  const name =
    type === 'OverlayInput' || type === 'PreviewOverlayInput'
      ? `${type}${channel}`
      : `OverlayInput${channel}${type}`
  const takesInput = /^(?:OverlayInput|PreviewOverlayInput|In)$/.test(type) && input !== ''
  return fired(device, name, takesInput ? { input } : {})
}

/** From 0; null for one that only Companion knows. */
function mixOf(value: Json): number | null {
  const mix = Number(value)
  return Number.isInteger(mix) ? Math.max(0, mix - 1) : null
}

function litOf(device: string, { name, options, inverted }: Feedback): Lit | null {
  const status = name === 'status' ? text(options, 'status') : null
  if (status === null || !/^(?:recording|streaming|fadeToBlack|external|multiCorder)$/.test(status))
    return null
  if (status === 'streaming' && own(options, 'value') !== '' && own(options, 'value') != null)
    return null
  return { device, path: status, equals: !inverted }
}
