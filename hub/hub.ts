import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inTime } from '../bus/in-time.ts'
import type { Config } from '../config/config.ts'
import { openHttp } from '../surfaces/http/server.ts'
import { openCore, type Core, type CoreOptions } from './compose.ts'
import { openConsole } from './console.ts'
import { openHeartbeat } from './heartbeat.ts'
import { stopWithinMs } from './journal.ts'
import { openKeys } from './keys.ts'
import { packageRoot } from './leaf.ts'
import { openReconfigure } from './reconfigure.ts'
import { openRetention } from './retention.ts'
import { noSealing, openSealing, type Sealing } from './sealing.ts'
import { openSurfaces, type OpenSurfaces } from './surfaces.ts'

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

/**
 * Opens a whole hub: core, HTTP API with the panel, and every surface of the config. `file` is the config's, for
 * changes while it runs.
 * @throws LogError, SurfaceError: what was opened before is closed again
 */
export async function openHub(options: CoreOptions & { readonly file: string }): Promise<Hub> {
  const { config, file } = options
  const core = await openCore(options)
  let surfaces: OpenSurfaces = { views: () => [], close: () => Promise.resolve() }
  let address = ''
  let sealing = noSealing()
  let heartbeat = { close: () => Promise.resolve() }
  try {
    const web = [...config.surfaces.values()].find(({ type }) => type === 'web')
    const reconfigure = openReconfigure(core, file)
    sealing = config.witness.seal ? openSealing(config, options.data, core.clock) : noSealing()
    const own = sealing
    const { recorder } = core.journal
    const keys = openKeys({
      clock: core.clock,
      sealing,
      record: (event) => recorder.record([event], 'durable'),
      insist: (event) => core.journal.insist([event], 'durable'),
    })
    compareTrees(core, own)
    if (config.witness.seal)
      heartbeat = openHeartbeat({
        clock: core.clock,
        everyMs: config.witness.heartbeatMs,
        signs: core.signs,
        head: () => own.beat(),
        record: (event) => recorder.record([event], 'lazy'),
      })
    core.journal.recorder.onCommit((batch) => {
      sealing.signs(core.signs())
      const newest = batch.at(-1)
      // what was written while the log's server is away has no place in it yet
      if (newest !== undefined && core.journal.log.isProvisional?.(newest.position) !== true)
        sealing.stored(newest.position)
    })
    sealing.signs(core.signs())
    const start = core.position()
    if (start !== null) sealing.stored(start)
    const retention = openRetention({
      clock: core.clock,
      config: () => core.config(),
      data: options.data,
      log: core.journal.log,
      recorder: core.journal.recorder,
      custody: () => core.room.custody.state,
      report: () => sealing.report(),
      mayTrim: () => core.signs() && core.alone.isJoined(),
    })
    const console = openConsole(core, () => surfaces, reconfigure, sealing, keys, web)
    const http = await openHttp(httpOptions(config, options.version), console)
    address = http.address
    core.tellUrl(address)
    try {
      surfaces = await openSurfaces(core, config, () => address)
    } catch (cause) {
      await http.close()
      throw cause
    }
    let closed: Promise<void> | null = null
    // an edit that cannot be read or recorded stays in the file: the next look, or the next start, sees it
    const edited = () => void reconfigure.reload().catch(() => {})
    watchFile(file, { interval: lookMs, persistent: false }, edited)
    const close = async (reason: string) => {
      unwatchFile(file, edited)
      retention.close()
      await Promise.all([http.close(), surfaces.close()])
      await inTime(core.clock, heartbeat.close(), stopWithinMs)
      await core.close(reason)
      await sealing.close()
      keys.close()
    }
    return { core, address, surfaces, close: (reason) => (closed ??= close(reason)) }
  } catch (cause) {
    await heartbeat.close()
    await core.close('it could not open its ways in')
    await sealing.close()
    throw cause
  }
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
