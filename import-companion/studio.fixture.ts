import type { Json, JsonObject } from '../intents/json.ts'

// Exports of our own making, in the forms that Companion's public source reads: companion/lib/Data/Upgrades.

/** An action as versions 7 to 10 have it. */
export function action(connection: string, name: string, options: JsonObject = {}): JsonObject {
  return { type: 'action', id: 'a', connectionId: connection, definitionId: name, options }
}

/** A button of version 9, whose first step does this. */
export function button(
  style: JsonObject,
  down: readonly Json[],
  more: JsonObject = {},
): JsonObject {
  return {
    type: 'button',
    style,
    options: { stepProgression: 'auto', rotaryActions: false },
    feedbacks: [],
    steps: { '0': { action_sets: { down, up: [] }, options: { runWhileHeld: [] } } },
    ...more,
  }
}

const connections: JsonObject = {
  c1: connection('desk', 'generic-osc', { host: '127.0.0.1', targetPort: '9000', protocol: 'udp' }),
  c2: connection('Relay box', 'generic-tcp-udp', { host: '127.0.0.1', port: '9100', prot: 'tcp' }),
  c3: connection('hook', 'generic-http', { prefix: 'http://127.0.0.1:9200/' }),
  c4: connection('mypro', 'studiocoast-vmix', { host: '127.0.0.1', tcpPort: 8099 }),
  c5: connection('air', 'obs-studio', { host: '127.0.0.1', port: 4455, pass: 'hunter2' }),
  c6: connection('house', 'homeassistant-server', { url: 'http://127.0.0.1:8123/' }),
  c7: connection('switcher', 'bmd-atem', { host: '127.0.0.1' }),
}

function connection(label: string, module: string, config: JsonObject): JsonObject {
  return {
    label,
    instance_type: module,
    enabled: true,
    isFirstInit: false,
    lastUpgradeIndex: 0,
    config,
  }
}

/** A whole export of version 9. */
export function studio(controls: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    version: 9,
    type: 'full',
    instances: connections,
    pages: { '1': { name: 'Main', gridSize: {}, controls } },
    ...more,
  }
}
