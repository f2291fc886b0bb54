import type { Static, TObject } from 'typebox'
import type { Config } from '../config/config.ts'
import { SurfaceError, type OpenSurface } from '../surfaces/surface.ts'
import type { SurfaceView } from '../surfaces/http/console.ts'
import type { Core } from './compose.ts'
import { surfaceHost } from './surface-host.ts'

/** The ways in that are open, beside the HTTP API. */
export interface OpenSurfaces {
  views(): readonly SurfaceView[]
  close(): Promise<void>
}

/**
 * Opens every surface of the config. `web` is the panel that the HTTP server serves: it has its address from there.
 * @throws SurfaceError naming the surface's key in the config
 */
export async function openSurfaces(
  core: Core,
  config: Config,
  httpAddress: () => string,
): Promise<OpenSurfaces> {
  const open: {
    readonly name: string
    readonly type: string
    readonly surface: OpenSurface | null
  }[] = []
  const close = async () => {
    await Promise.all(open.flatMap(({ surface }) => surface?.close() ?? []))
  }
  for (const [name, { type, options, durability, expiresInMs }] of config.surfaces) {
    const kind = core.parts.surfaces.get(type)
    if (kind === undefined) {
      open.push({ name, type, surface: null }) // `web`
      continue
    }
    try {
      const host = surfaceHost(core, name, { durability, expiresInMs })
      const checked = options as Static<TObject> // against the surface's schema, by the config's check
      open.push({ name, type, surface: await kind.open(name, checked, host) })
    } catch (cause) {
      await close()
      if (!(cause instanceof SurfaceError)) throw cause
      throw new SurfaceError(
        `surfaces.${name}.${cause.option}`,
        `surfaces.${name}: ${cause.message}`,
        { cause },
      )
    }
  }
  return {
    views: () =>
      open.map(({ name, type, surface }) => ({
        name,
        type,
        address: surface?.address ?? httpAddress(),
        rejected: core.rejections.count(name),
      })),
    close,
  }
}
