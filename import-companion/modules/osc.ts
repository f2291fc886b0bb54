import { isObject } from '../../intents/json.ts'
import { number, own, text, words } from '../field.ts'
import type { Action } from '../model.ts'
import { type Acted, type Module, no, unknownAction } from './module.ts'

// companion-module-generic-osc, osc.js: send_blank, send_int, send_float, send_string, send_boolean, send_multiple.

/** Of its TCP forms only the one of the library `osc` has a framing: SLIP (OSC 1.1). */
const transports: Readonly<Record<string, string>> = { udp: 'udp', tcp: 'tcp-slip' }

export const osc: Module = {
  ids: ['generic-osc', 'direct_osc', 'osc'],
  open({ config }, name) {
    const host = text(config, 'host')
    const port = number(config, 'targetPort')
    const wanted = text(config, 'protocol') ?? 'udp'
    const transport = Object.hasOwn(transports, wanted) ? transports[wanted] : undefined
    if (host === null || port === null) return 'it has no host or no port'
    if (transport === undefined)
      return `OSC over ${JSON.stringify(wanted.slice(0, 20))} has no framing that says where a message ends`
    return {
      devices: () => [{ name, protocol: 'osc', options: { host, port, transport } }],
      act: (action) => acted(name, action),
      lit: () => null,
      notes: [],
    }
  },
}

function acted(device: string, action: Action): Acted {
  const { options, name } = action
  const path = text(options, 'path')
  if (path === null) return unknownAction('generic-osc', action)
  const fire = (...args: readonly unknown[]): Acted => ({
    ok: true,
    fires: [{ device, action: path.trim(), args }],
  })
  const typed = (type: 'i' | 'f', key: string, read: (value: number) => number): Acted => {
    const value = number(options, key)
    return value === null ? no(`its value is no number`) : fire({ type, value: read(value) })
  }
  switch (name) {
    case 'send_blank':
      return fire()
    case 'send_int':
      return typed('i', 'int', Math.trunc)
    case 'send_float':
      return typed('f', 'float', (value) => value)
    case 'send_string':
      return fire(words(own(options, 'string')) ?? '')
    case 'send_boolean':
      return fire(own(options, 'value') === true)
    case 'send_multiple':
      return listed(own(options, 'arguments'), fire)
    default:
      return unknownAction('generic-osc', action)
  }
}

/** Words between spaces: whole numbers, numbers with a point, true, false, text in quotes, other text. */
const word = /-?\d+(?:\.\d+)?(?=\s|$)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\S+/g

function listed(value: unknown, fire: (...args: readonly unknown[]) => Acted): Acted {
  if (typeof value === 'number') return fire({ type: 'i', value })
  if (typeof value !== 'string')
    return isObject(value as never) || value === undefined
      ? fire()
      : no('its arguments are no text')
  const plain = value.replaceAll(/[\u201c\u201d\u201e\u201f]/g, '"')
  return fire(
    ...[...plain.matchAll(word)].map(([whole, double, single]) => {
      const quoted = double ?? single
      if (quoted !== undefined) return quoted.replaceAll(/\\(["'])/g, '$1')
      if (whole === 'true' || whole === 'false') return whole === 'true'
      if (/^-?\d+$/.test(whole)) return { type: 'i', value: Number(whole) }
      return /^-?\d+\.\d+$/.test(whole) ? { type: 'f', value: Number(whole) } : whole
    }),
  )
}
