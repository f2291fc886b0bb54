import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inTime } from '../bus/in-time.ts'
import type { Config } from '../config/config.ts'
import { openHttp } from '../surfaces/http/server.ts'
import { announced } from './discovery/announcements.ts'
import { openCore, type Core, type CoreOptions } from './compose.ts'
import { openConsole } from './console.ts'
import { openHeartbeat } from './seal/heartbeat.ts'
import { stopWithinMs } from './journal.ts'
import { openKeys, type Keys } from './seal/keys.ts'
import { packageRoot } from './leaf.ts'
import { openAll, type Opened } from './site/opened.ts'
import { openReconfigure } from './reconfigure.ts'
import { openRetention } from './seal/retention.ts'
import { noSealing, openSealing, type Sealing } from './seal/sealing.ts'
import { openSurfaces, type OpenSurfaces } from './desk/surfaces.ts'

/** How often the config file is looked at for edits: half a second feels at once. Milliseconds. */
const lookMs = 500

/** A running hub. */
export interface Hub {
  readonly core: Core
  /** `http://127.0.0.1:7700` */
  readonly address: string
  readonly surfaces: OpenSurfaces
  /** Closes the ways in, then stops acting, records that, and closes the journal. Idempotent. */
  close(reason: string): Promise<void>
}

export interface HubOptions extends CoreOptions {
  /** The config's, for changes while it runs. */
  readonly file: string
  /** Told what a person at the machine should know, a line each. */
  readonly warn?: (line: string) => void
}

/**
 * Opens a whole hub: core, HTTP API with the panel, and every surface of the config.
 * @throws LogError, SurfaceError: what was opened before is closed again
 */
export function openHub(options: HubOptions): Promise<Hub> {
  return openAll((opened) => open(options, opened))
}

async function open(options: HubOptions, opened: Opened): Promise<Hub> {
  const { config, file, warn = () => {} } = options
  let sealing = noSealing()
  let keys: Keys | null = null
  // behind the core, whose last entries it seals
  opened.add(() => sealing.close())
  const core = await openCore(options)
  opened.add((why) => core.close(why))
  // what is heard of keys from now on is recorded by the next start: HubStopped is the last entry
  opened.add(() => keys?.close())
  const { recorder } = core.journal
  const web = [...config.surfaces.values()].find(({ type }) => type === 'web')
  const reconfigure = openReconfigure(core, file)
  if (config.witness.seal)
    sealing = openSealing(config, options.data, core.clock, (trouble) =>
      warn(trouble === null ? 'sealing goes on' : `nothing is sealed: ${trouble}`),
    )
  keys = openKeys({
    clock: core.clock,
    sealing,
    record: (event) => recorder.record([event], 'durable'),
    insist: (event) => core.journal.insist([event], 'durable'),
  })
  compareTrees(core, sealing)
  if (config.witness.seal) {
    const heartbeat = openHeartbeat({
      clock: core.clock,
      everyMs: config.witness.heartbeatMs,
      signs: core.signs,
      head: () => sealing.beat(),
      record: (event) => recorder.record([event], 'lazy'),
    })
    opened.add(() => inTime(core.clock, heartbeat.close(), stopWithinMs))
  }
  recorder.onCommit((batch) => {
    sealing.signs(core.signs())
    const newest = batch.at(-1)
    // what was written while the log's server is away has no place in it yet
    if (newest !== undefined && core.journal.log.isProvisional?.(newest.position) !== true)
      sealing.stored(newest.position)
  })
  sealing.signs(core.signs())
  const start = core.position()
  if (start !== null) sealing.stored(start)
  let surfaces: OpenSurfaces = { views: () => [], close: () => Promise.resolve() }
  const console = openConsole(core, () => surfaces, reconfigure, sealing, keys, web)
  const http = await openHttp(httpOptions(config, options.version), console)
  opened.add(() => Promise.all([http.close(), surfaces.close()]))
  const { address } = http
  core.tellUrl(address)
  surfaces = await openSurfaces(core, config, file, () => address)
  const announcing = announced(config, core.parts.surfaces, address, warn)
  opened.add(() => announcing.close())
  const retention = openRetention({
    clock: core.clock,
    config: () => core.config(),
    data: options.data,
    log: core.journal.log,
    recorder,
    custody: () => core.room.custody.state,
    report: () => sealing.report(),
    mayTrim: () => core.signs() && core.alone.isJoined(),
  })
  opened.add(() => retention.close())
  // an edit that cannot be read or recorded stays in the file: the next look, or the next start, sees it
  const edited = () => void reconfigure.reload().catch(() => {})
  watchFile(file, { interval: lookMs, persistent: false }, edited)
  opened.add(() => unwatchFile(file, edited))
  return { core, address, surfaces, close: (reason) => opened.close(reason) }
}

/** Each hub compares its sealed tree with what the others say of theirs: with their signs of life, and in the journal. */
function compareTrees(core: Core, sealing: Sealing): void {
  const { hub } = core.config()
  core.tellTree(() => sealing.tree())
  core.members?.onBeat(() => {
    for (const { hub: other, tree } of core.members?.hubs() ?? [])
      if (other !== hub && tree != null) sealing.other(other, tree)
  })
  core.journal.recorder.onCommit((batch) => {
    for (const { hub: other, event } of batch)
      if (event.type === 'HeadSealed' && other !== hub && event.size > 0)
        sealing.other(other, { size: event.size, root: event.root })
  })
}

function httpOptions({ http }: Config, version: string) {
  const { host, port, tls, insecure } = http
  return {
    host,
    port,
    insecure,
    version,
    tls:
      tls === null
        ? null
        : { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') },
    webRoot: fileURLToPath(new URL('web/', packageRoot)),
  }
}
