import { join } from 'node:path'
import { DeliveryError } from '../adapters/adapter.ts'
import { LogError } from '../bus/log.ts'
import type { SurfaceConfig } from '../config/config.ts'
import type { DeviceId, IntentId } from '../intents/id.ts'
import type { JsonObject } from '../intents/json.ts'
import { standardActions } from '../intents/standard.ts'
import { Type } from 'typebox'
import type { ActionsView } from '../surfaces/http/catalogue-view.ts'
import type { Console } from '../surfaces/http/console.ts'
import type { IntentView } from '../surfaces/http/intent-view.ts'
import type { SealView } from '../surfaces/http/seal-view.ts'
import type { HealthView, StatusView } from '../surfaces/http/site-view.ts'
import type { VerdictView } from '../surfaces/http/witness-view.ts'
import { loadTokens } from '../surfaces/http/tokens.ts'
import type { EventLog, Position } from '../bus/log.ts'
import type { Core } from './compose.ts'
import { variableViews } from './automation/automation-view.ts'
import { panelView } from './desk/faces.ts'
import { controlAt } from './desk/gestures.ts'
import { readImage } from './desk/images.ts'
import { noDefaults } from './intake.ts'
import { signalOf } from './automation/signals.ts'
import type { Keys } from './seal/keys.ts'
import { metricsText } from './metrics.ts'
import { recordOf } from './audit/record-of.ts'
import { replayLog } from './audit/replay.ts'
import type { Reconfigure } from './reconfigure.ts'
import type { Sealing } from './seal/sealing.ts'
import type { OpenSurfaces } from './desk/surfaces.ts'
import { devicesOf, statusView } from './status.ts'
import { everywhere, wishHost } from './desk/surface-host.ts'
import { openTileFiles } from './seal/tiles.ts'
import { tokenFile } from './tokens.ts'
import { verifyApart } from './audit/verify.ts'
import { intentView, macroViews, matches } from './views.ts'

/** What the HTTP API and the panel get of a hub. `web`: the surface of that type, for what holds for all that comes in here. */
export function openConsole(
  core: Core,
  surfaces: () => OpenSurfaces,
  reconfigure: Reconfigure,
  sealing: Sealing,
  keys: Keys,
  web?: SurfaceConfig,
): Console {
  const { room, journal, clock, personal } = core
  const tokens = loadTokens(tokenFile(core.data))
  const tiles = openTileFiles(join(core.data, 'witness'))
  let verified: StatusView['witness']['verified'] = null

  const status = () => personal.show(statusView(core, surfaces(), verified, sealing.report()))

  async function intent(id: IntentId): Promise<IntentView | null> {
    const record = await recordOf(room, journal.log, id)
    return record === null ? null : personal.show(intentView(record, room.custody.state))
  }

  const host = wishHost(core, {
    name: 'console',
    defaults: web ?? noDefaults,
    reach: web?.reach ?? everywhere,
  })
  return {
    ...host,
    intent,
    async intents(query) {
      const { intents } = room.deliveries.state
      const after = query.after as Position | undefined
      const found = [...intents.values()]
        .filter((record) => matches(record, query))
        .filter(
          ({ position }) =>
            after === undefined || journal.log.compare(position as Position, after) > 0,
        )
      const newest = found.slice(-query.limit).toReversed()
      const views = newest.map((record) => intentView(record, room.custody.state))
      return { intents: personal.show(views) }
    },
    devices: () => personal.show(devicesOf(core)),
    panel: () =>
      panelView(
        core.config(),
        room.panel.state,
        room.devices.state,
        core.pictures.view,
        core.gestures.asks,
        core.runs.at,
      ),
    macros: () => macroViews(core.config()),
    runs: () => core.runs.all(),
    variables: () => personal.show(variableViews(core.config().variables, room.devices.state)),
    triggers: () => core.automation.triggers(),
    schedules: () => core.automation.schedules(),
    onRun: (listener) => core.runs.onRun(listener),
    surfaces: () => surfaces().views(),
    actions: () => actionsView(core),
    status,
    health: () => health(core, sealing.report()),
    metrics: () => metricsText(status(), room.activity.state),
    async *entries(after, signal) {
      try {
        const start = after === '0' ? null : (after as Position | 'now' | null)
        for await (const entry of core.live.entries(start, signal))
          yield { ...entry, event: personal.show(entry.event) }
      } catch (cause) {
        if (cause instanceof LogError && cause.code === 'position')
          throw new RangeError(cause.message, { cause })
        throw cause
      }
    },
    async webhook(name, value, source) {
      const isWanted = core
        .config()
        .triggers.some(({ on }) => on.kind === 'signal' && on.way === 'webhook' && on.name === name)
      if (!isWanted) return null
      const event = signalOf('webhook', name, value, source)
      const [recorded] = await journal.recorder.record([event], 'durable')
      return recorded?.position ?? null
    },
    onFace: (listener) => core.onFace((place, face) => listener(place, face)),
    addDevice: (name, options, actor) => reconfigure.addDevice(name, options, actor),
    removeDevice: (name, actor) => reconfigure.removeDevice(name, actor),
    async testDevice(name, signal) {
      const device = name as DeviceId // looked up, whatever it is
      const router = core.routers.get(device)
      if (router === undefined)
        return core.config().devices.has(device)
          ? { ok: false, detail: core.elsewhere(device) }
          : null
      try {
        return { ok: true, detail: await router.test(signal) }
      } catch (error) {
        return {
          ok: false,
          detail: error instanceof DeliveryError ? error.failure.detail : String(error),
        }
      }
    },
    hook(name, call) {
      const device = name as DeviceId // looked up, whatever it is
      const router = core.routers.get(device)
      if (router !== undefined) return router.hook(call)
      return core.config().devices.has(device) ? 'elsewhere' : 'unknown'
    },
    replay: async (to) =>
      personal.show(
        (await replayLog(readable(journal.log), to, clock.now())) as unknown as JsonObject, // nothing but JSON
      ),
    async verify(): Promise<VerdictView> {
      const { site, log } = core.config()
      const verdict = await verifyApart({ config: { site, log }, data: core.data })
      verified = { at: clock.now(), ...verdict }
      return verdict
    },
    custody: core.custody,
    changeKey: (how, actor) => keys[how](actor),
    checkpoint: tiles.checkpoint,
    tile: tiles.tile,
    read: (read) => core.reads.read(read),
    tokenOwner: tokens,
    accessRefused: (source, detail) => core.rejections.access('http', source, detail),
    picture(place) {
      const picture = controlAt(core.config(), place)?.picture ?? null
      return picture === null ? null : core.pictures.shown(picture)
    },
    image: async (place) => {
      const image = controlAt(core.config(), place)?.image ?? null
      return image === null ? null : readImage(image, reconfigure.file)
    },
  }
}

function readable(log: EventLog) {
  const read: EventLog['read'] = (after, signal) => log.read(after, signal)
  return { read, base: async () => (await log.cutting?.base()) ?? null }
}

function health(
  { journal, room, config, members, alone, automation }: Core,
  seal: SealView | null,
): HealthView {
  const trouble = journal.trouble()
  const down = [...config().devices.keys()].filter(
    (id) => room.devices.state.devices.get(id)?.link.up === false,
  )
  // what the log has lost, and a device that is away, are not this hub's trouble: told, and the hub counts as healthy
  const unheard = members?.trouble() ?? null
  const reasons = [
    ...aloneReasons(alone),
    ...(trouble === null ? [] : [`the journal cannot be written: ${trouble.detail}`]),
    ...(unheard === null ? [] : [`the other hubs cannot hear this one: ${unheard}`]),
  ]
  const unsealed = seal?.trouble ?? null
  if (unsealed !== null) reasons.push(`the record is not sealed: ${unsealed}`)
  const unwitnessed = seal?.unwitnessed ?? null
  const gap = journal.gap()
  const told = [
    ...(unwitnessed === null ? [] : [`the newest head is not witnessed: ${unwitnessed}`]),
    ...(gap === null ? [] : [`the log has a gap up to ${gap.until}: ${gap.detail}`]),
    ...down.map((id) => `device ${id} is away`),
    ...automation
      .troubles()
      .map(({ way, name, detail }) => `${way} ${name} cannot be reached: ${detail}`),
  ]
  return { ok: reasons.length === 0, reasons: [...reasons, ...told] }
}

/** A hub that acts alone is not what was asked for, although presses are carried out: a person is to look. */
function aloneReasons(alone: Core['alone']): readonly string[] {
  const now = alone.now()
  if (now === null) return []
  const since = new Date(now.since).toISOString()
  return [
    `acts alone since ${since}, ${now.entries} entries wait on this machine for the log: ${now.detail}`,
  ]
}

function actionsView({ catalogue, config }: Core): ActionsView {
  const devices = [...catalogue()]
  return {
    devices: devices.map(([device, { protocol, actions }]) => ({
      device,
      protocol,
      actions: actions.map((action) => ({ ...action, standard: standardActions.has(action.name) })),
    })),
    names: [
      ...[...config().intents].map(([name, intents]) => ({
        name,
        origin: 'config' as const,
        description: `${intents.length} intents of the config`,
        devices: [
          ...new Set(intents.flatMap((intent) => ('device' in intent ? [intent.device] : []))),
        ],
        schema: Type.Object({}),
      })),
      ...[...standardActions.values()].map(({ name, description, args }) => ({
        name,
        origin: 'standard' as const,
        description,
        devices: devices.filter(([, device]) => device.offers(name)).map(([id]) => id),
        schema: args,
      })),
    ],
  }
}
