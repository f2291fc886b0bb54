import type { Sample } from '../sample.contract.ts'
import { adapter } from './adapter.ts'
import type { HaCommand } from './command.ts'
import type { HaOptions, options } from './options.ts'
import { type HaSimulator, simulate } from './simulator.ts'

const token = 'S3CR3T.long-lived_token'

/** Short times, so that a fault is over soon. */
const quick = { confirmMs: 300, replyMs: 400, pingMs: 2000, tokenRetryMs: 500 }

const base: Omit<HaOptions, 'host' | 'port'> = {
  tls: false,
  token,
  verifyTls: true,
  entities: ['*'],
  attributes: ['brightness', 'friendly_name'],
  pictures: {},
  notify: 'notify.notify',
  ...quick,
}

function of(version: string): Sample<typeof options, HaCommand, HaSimulator> {
  return {
    name: `Home Assistant ${version}`,
    adapter,
    async simulate(earlier) {
      const simulator = await simulate({
        wanted: token,
        version,
        ...(earlier === null ? {} : { port: earlier.port }),
      })
      // the contract makes up names for what the standard actions are for
      simulator.house.change('light.made_up', 'off', { friendly_name: '1f' })
      simulator.house.change('media_player.made_up', 'off', { friendly_name: '0' })
      for (const domain of [
        'input_number',
        'number',
        'input_text',
        'text',
        'input_select',
        'select',
      ])
        simulator.house.change(`${domain}.x`, '0')
      return simulator
    },
    options: ({ host, port }) => ({ ...base, host, port }),
    fire: (n) => ({
      action: 'light.turn_on',
      args: { entity_id: 'light.fill_light', brightness: 1 + (n % 255) },
      received: `light.turn_on {"entity_id":"light.fill_light","brightness":${1 + (n % 255)}}`,
    }),
    set: { path: 'switch.monitor_wall', value: true },
    ack: 'confirmed',
    answers: true,
    wrong: { action: 'light.turn_on', args: { brightnes: 1 }, names: '"brightnes"' },
    unknown: { action: 'call_servce', near: 'call_service' },
    secrets: [token],
    flood(simulator, count) {
      for (let n = 0; n < count; n++) simulator.house.change('sensor.flood', String(++flooded))
      return { path: 'sensor.flood', value: String(flooded) }
    },
  }
}

/** Each state of the flood is another: equal ones are no change. */
let flooded = 0

/** The newest protocol and the one that was recorded from a real Home Assistant. */
export const samples = [of('2024.5.1'), of('2021.3.0.dev0')]
