import type { Static, TObject } from 'typebox'
import type { Config, PanelConfig } from '../../config/config.ts'
import { type OpenSurface, type Panels, SurfaceError } from '../../surfaces/surface.ts'
import type { SurfaceView } from '../../surfaces/http/surface-view.ts'
import type { Core } from '../compose.ts'
import { openDesk, type OpenDesk } from './desk.ts'
import type { Permit } from '../permit.ts'
import { openDrawTurns } from './draw-turns.ts'
import { openFaceBook } from './face-book.ts'
import { submitsOf, wishHost } from './surface-host.ts'

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
  configFile: string,
  httpAddress: () => string,
): Promise<OpenSurfaces> {
  const book = openFaceBook(core, configFile)
  const turns = openDrawTurns()
  const open: {
    readonly name: string
    readonly type: string
    readonly surface: OpenSurface | null
    readonly desk: OpenDesk | null
  }[] = []
  const desks: OpenDesk[] = []
  const close = async () => {
    await Promise.all(open.flatMap(({ surface }) => surface?.close() ?? []))
    book.close()
  }
  for (const [name, its] of config.surfaces) {
    const { type, options, durability, expiresInMs, reach } = its
    const kind = core.parts.surfaces.get(type)
    if (kind === undefined) {
      open.push({ name, type, surface: null, desk: null }) // `web`
      continue
    }
    try {
      const way = { name, defaults: { durability, expiresInMs }, reach }
      const submits = (panel: PanelConfig) => submitsOf(core, way, panel)
      const desk = openDesk({ core, faces: book.faces, turns, name, config: its, submits })
      desks.push(desk)
      const panels = panelsOf(desks, submitsOf(core, way).permit)
      const host = { ...wishHost(core, way), desk, panels, faces: book.faces, states: book.states }
      const checked = options as Static<TObject> // against the surface's schema, by the config's check
      const surface = await kind.open(name, checked, host)
      open.push({ name, type, surface: withDesk(surface, desk), desk })
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
      open.map(({ name, type, surface, desk }) => ({
        name,
        type,
        address: surface?.address ?? httpAddress(),
        rejected: core.rejections.count(name),
        seated: desk?.count() ?? 0,
        panels: desk?.views() ?? [],
      })),
    close,
  }
}

/** The panels of all desks, for a way in that may touch some pages. */
function panelsOf(desks: readonly OpenDesk[], permit: Permit): Panels {
  return {
    turn(panel, to) {
      const barred = typeof to === 'number' ? permit.page(to) : null
      if (barred !== null) return { ok: false, code: barred.code, detail: barred.failure.detail }
      const found = desks.flatMap((desk) => desk.seatOf(panel) ?? [])
      // the same identity at two surfaces is two panels; all are turned, and the first that cannot says why
      const may = (page: number) => permit.page(page) === null
      const answers = found.map((seat) => seat.turn(to, may))
      const detail = `no panel ${JSON.stringify(panel.slice(0, 80))} is connected`
      return answers.find(({ ok }) => !ok) ?? answers[0] ?? { ok: false, code: 'not-found', detail }
    },
  }
}

/** Its panels are told that the hub goes while there is still a line to tell them on. */
function withDesk(surface: OpenSurface, desk: OpenDesk): OpenSurface {
  return {
    // some say in it who is there, which changes
    get address() {
      return surface.address
    },
    async close() {
      await desk.close()
      await surface.close()
    },
  }
}
