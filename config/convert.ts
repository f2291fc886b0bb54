import type { DeviceId, MacroId } from '../intents/id.ts'
import type {
  Config,
  ControlConfig,
  DeliveryConfig,
  DeviceConfig,
  SurfaceConfig,
} from './config.ts'
import { controlOf } from './control.ts'
import { intentOf } from './form.ts'
import { ownOptions } from './kinds.ts'
import { logOf } from './log.ts'
import { macroOf } from './macro.ts'
import { panelOf, reachOf } from './panel.ts'
import type { FileForm } from './schema.ts'
import { variableOf } from './variables.ts'
import { witnessOf } from './witness.ts'
import { scheduleOf } from './schedule.ts'
import { triggerOf } from './trigger.ts'

/** The config that a checked file stands for. */
export function configOf(form: FileForm, hostName: string, hash: string): Config {
  return {
    site: form.site,
    hub: form.hub ?? hubName(hostName),
    log: logOf(form.log),
    http: { ...form.http, tls: form.http.tls ?? null },
    announce: form.announce,
    slowLane: form.slowLane ?? null,
    witness: witnessOf(form.witness),
    devices: new Map(
      Object.entries(form.devices).map(([name, entry]) => [name as DeviceId, deviceOf(entry)]),
    ),
    surfaces: new Map(
      Object.entries(form.surfaces).map(([name, entry]) => [name, surfaceOf(entry)]),
    ),
    intents: new Map(
      Object.entries(form.intents).map(([name, list]) => [name, list.map(intentOf)]),
    ),
    pages: new Map(
      Object.entries(form.pages).map(([page, controls]) => [Number(page), controlsOf(controls)]),
    ),
    macros: new Map(
      Object.entries(form.macros).map(([name, entry]) => {
        const id = name as MacroId // the schema lets only names through
        return [id, macroOf(id, entry)]
      }),
    ),
    variables: new Map(
      Object.entries(form.variables).map(([name, entry]) => [name, variableOf(entry)]),
    ),
    triggers: Object.entries(form.triggers).map(([name, entry]) => triggerOf(name, entry)),
    schedules: Object.entries(form.schedules).map(([name, entry]) => scheduleOf(name, entry)),
    hash,
  }
}

/** A machine's name made to fit: `3f2a.studio.example` is `hub-3f2a-studio-example`. */
function hubName(hostName: string): string {
  const fitting = hostName.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^[-_]+|[-_]+$/g, '')
  if (fitting === '') return 'hub'
  return (/^[A-Za-z]/.test(fitting) ? fitting : `hub-${fitting}`).slice(0, 64)
}

function deviceOf(entry: FileForm['devices'][string]): DeviceConfig {
  const { delivery, slow } = entry
  return {
    protocol: entry.protocol,
    options: ownOptions(entry, 'devices'),
    durability: entry.durability ?? null,
    rules: new Map(
      Object.entries(entry.rules).map(([name, { durability, expiresIn, personal }]) => [
        name,
        {
          durability: durability ?? null,
          expiresInMs: expiresIn ?? null,
          personal: personal === undefined ? null : personal === true ? 'all' : new Set(personal),
        },
      ]),
    ),
    home: { hub: entry.hub ?? null, pinned: entry.pinned },
    delivery: deliveryOf(delivery),
    lane: entry.lane,
    slow: {
      ...deliveryOf(slow),
      concurrency: slow.concurrency,
      rate: slow.rate === undefined ? null : { most: slow.rate.most, perMs: slow.rate.per },
    },
  }
}

function deliveryOf(form: FileForm['devices'][string]['delivery']): DeliveryConfig {
  return {
    attempts: form.attempts,
    backoffMs: form.backoff,
    backoffCapMs: form.backoffCap,
    timeoutMs: form.timeout,
    fireDeadlineMs: form.fireDeadline,
    setDeadlineMs: form.setDeadline,
  }
}

function surfaceOf(entry: FileForm['surfaces'][string]): SurfaceConfig {
  const panel = panelOf(entry.panel)
  return {
    type: entry.type,
    options: ownOptions(entry, 'surfaces'),
    durability: entry.durability ?? null,
    expiresInMs: entry.expiresIn ?? null,
    reach: reachOf(entry),
    panel,
    panels: new Map(Object.entries(entry.panels).map(([id, form]) => [id, panelOf(form, panel)])),
  }
}

function controlsOf(form: FileForm['pages'][string]): ReadonlyMap<string, ControlConfig> {
  return new Map(Object.entries(form).map(([place, control]) => [place, controlOf(control)]))
}
