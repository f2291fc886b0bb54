import type { JsonObject } from '../../intents/json.ts'
import { number, own, words } from '../field.ts'
import type { Action } from '../model.ts'
import { type Acted, type Module, no, unknownAction } from './module.ts'

// companion-module-generic-wakeonlan, actions.js: `send_simple` sends one packet, `send_advanced` says where and how often. The
// connection knows no machine, each action does: to us each machine is a device.

export const wol: Module = {
  ids: ['generic-wakeonlan'],
  open(_connection, name) {
    const machines = new Map<string, JsonObject>()
    const at = (options: JsonObject): string => {
      for (const [known, other] of machines)
        if (JSON.stringify(other) === JSON.stringify(options)) return known
      const made = machines.size === 0 ? name : `${name.slice(0, 58)}_at${machines.size + 1}`
      machines.set(made, options)
      return made
    }
    return {
      devices: () => [...machines].map(([name, options]) => ({ name, protocol: 'wol', options })),
      act: (action) => acted(action, at),
      lit: () => null,
      notes: [],
    }
  },
}

function acted(action: Action, at: (options: JsonObject) => string): Acted {
  const { name, options } = action
  if (name !== 'send_simple' && name !== 'send_advanced')
    return unknownAction('generic-wakeonlan', action)
  const key = name === 'send_simple' ? 'id_broadcast_mac' : 'id_advanced_mac'
  const mac = (words(own(options, key)) ?? '').replaceAll(/[:.-]/g, '').toLowerCase()
  if (!/^[0-9a-f]{12}$/.test(mac)) return no('it has no MAC address')
  const host = words(own(options, 'id_address')) ?? '255.255.255.255'
  const whole = (id: string, standard: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.round(number(options, id) ?? standard)))
  const how =
    name === 'send_simple'
      ? { repeat: 1 }
      : {
          host,
          port: whole('id_port', 9, 1, 65_535),
          repeat: whole('id_count', 3, 1, 20),
          everyMs: whole('id_interval', 100, 10, 5000),
        }
  return { ok: true, fires: [{ device: at({ mac, ...how }), action: 'wake', args: {} }] }
}
