import { readFileSync } from 'node:fs'
import { inTime } from '../bus/in-time.ts'
import type { PanelConfig, SurfaceConfig } from '../config/config.ts'
import { resolveSecrets } from '../config/secret.ts'
import { failed } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Desk, Panel, PanelPort, Seat } from '../surfaces/desk.ts'
import { type ControlPlace, type Faces, placeName, SurfaceError } from '../surfaces/surface.ts'
import type { Core } from './compose.ts'
import type { DrawTurns } from './draw-turns.ts'
import { controlAt } from './gestures.ts'
import type { Submits } from './surface-host.ts'
import { panelPatience, openTries, surfacePatience, type Tries } from './pin.ts'
import { neverLocked, openSeatLock } from './seat-lock.ts'
import { type HubSeat, openSeat } from './seat.ts'

/** What a hub's desk of one surface needs. */
export interface DeskParts {
  readonly core: Core
  readonly faces: Faces
  readonly turns: DrawTurns
  /** The surface's name. */
  readonly name: string
  readonly config: SurfaceConfig
  /** Gestures of a panel that may touch what its config says. */
  submits(config: PanelConfig): Submits
}

export interface OpenDesk extends Desk {
  /** How many panels have a seat. */
  count(): number
  /** Ends all seats: their panels show that the hub is gone. */
  close(): Promise<void>
}

/** Of one surface. A control room has dozens; what is beyond this is a mistake, or an attack. */
const mostSeats = 4096
/** Identities whose page is kept for their return, the oldest forgotten first. */
const mostKept = 4096
/** A cable that wobbles: a panel that was open and is back so soon, from the same address, is not locked. Milliseconds. */
const backSoonMs = 30_000
/** What the panels get to draw that the hub is gone. Milliseconds. */
const lastDrawMs = 1000
const mostControls = 1024
const longest = 128

/** What is kept of a panel while it is away. */
interface Kept {
  page: number | null
  readonly tries: Tries
  /** When it left open, and whence it came; null: it was locked, or another took its place. */
  open: { readonly at: number; readonly host: string } | null
}

/** @throws SurfaceError where the secret of a PIN cannot be had */
export function openDesk({ core, faces, turns, name, config, submits }: DeskParts): OpenDesk {
  const { clock, rejections } = core
  const seats = new Map<string, HubSeat>()
  const byPage = new Map<number, Set<HubSeat>>()
  const kept = new Map<string, Kept>()
  const allTries = openTries(clock, surfacePatience)
  const pins = pinsOf(name, config)

  const offFaces = faces.follow((place) => {
    for (const seat of byPage.get(place.page) ?? []) seat.changed(place)
  })

  function keptOf(id: string): Kept {
    const known = kept.get(id) ?? { page: null, tries: openTries(clock, panelPatience), open: null }
    // to the end: the newest is forgotten last
    kept.delete(id)
    kept.set(id, known)
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return known
  }

  function move(seat: HubSeat, from: number | null, to: number | null): void {
    if (from !== null) {
      byPage.get(from)?.delete(seat)
      if (byPage.get(from)?.size === 0) byPage.delete(from)
    }
    if (to === null) return
    const there = byPage.get(to) ?? new Set()
    there.add(seat)
    byPage.set(to, there)
  }

  function turnedAway(port: PanelPort, source: string, detail: string): Seat {
    rejections.input(name, source, failed('refused', detail))
    port.ended('refused', detail)
    return {
      say: () => Promise.resolve({ ok: false, code: 'ended', detail }),
      redraw: () => {},
      leave: () => {},
    }
  }

  function join(offered: Panel, port: PanelPort): Seat {
    const panel = {
      ...offered,
      id: offered.id.slice(0, longest),
      product: offered.product.slice(0, longest),
      source: offered.source.slice(0, 200),
    }
    const { id, source } = panel
    const fault = faultOf(panel)
    if (fault !== null) return turnedAway(port, source, fault)
    // the newest counts: a panel that came back before its old line was known to be dead
    void seats.get(id)?.end('replaced', `another panel joined as ${id} from ${source}`)
    if (seats.size >= mostSeats)
      return turnedAway(port, source, `there are ${mostSeats} panels already`)
    const its = config.panels.get(id) ?? config.panel
    const gestures = submits(its)
    const pin = its.lock === null ? null : (pins.get(its.lock.pin) ?? its.lock.pin)
    const mine = keptOf(id)
    const host = hostOf(source)
    const isBack = mine.open?.host === host && clock.now() - mine.open.at < backSoonMs
    mine.open = null
    const pages = () =>
      [...core.config().pages.keys()]
        .filter((page) => gestures.permit.page(page) === null)
        .toSorted((a, b) => a - b)
    const from = (place: ControlPlace) =>
      ({
        actor: {
          type: 'operator',
          id: its.operator ?? id,
          surface: name,
          control: placeName(place),
        },
        source,
      }) as const
    let shows = startOf(mine.page, its, pages())
    const seat = openSeat({
      panel,
      port,
      config: its,
      faces,
      turns,
      lock: (changed) =>
        its.lock === null || pin === null
          ? neverLocked
          : openSeatLock({
              clock,
              pin,
              afterMs: its.lock.afterMs,
              open: isBack,
              tries: [mine.tries, allTries],
              changed,
            }),
      page: shows,
      pages,
      gesture: (place, gesture) => gestures.gesture(place, gesture, from(place)),
      fader: (place, position) => gestures.fader(place, position, from(place)),
      set: (device, path, value) =>
        gestures.submit({
          // what is no name of a device is refused as unknown
          intent: { verb: 'set', device: device as DeviceId, path, value },
          actor: {
            type: 'operator',
            id: its.operator ?? id,
            surface: name,
            control: path.slice(0, longest),
          },
          source,
        }),
      turnsTo: (place) => controlAt(core.config(), place)?.page ?? null,
      moved(page) {
        move(seat, shows, page)
        shows = page
        mine.page = page
      },
      wrongPin: () => rejections.access(name, source, `wrong PIN at ${panel.product} ${id}`),
      notRecorded: (why) => rejections.input(name, source, failed('refused', why)),
      over(why) {
        if (why === 'left' && !seat.isLocked()) mine.open = { at: clock.now(), host }
        move(seat, shows, null)
        if (seats.get(id) === seat) seats.delete(id)
      },
    })
    seats.set(id, seat)
    move(seat, null, shows)
    // its own side is ready when `join` has returned
    queueMicrotask(() => seat.redraw())
    return seat
  }

  return {
    join,
    count: () => seats.size,
    async close() {
      offFaces()
      const ends = Array.from(seats.values(), (seat) => seat.end('hub-lost', 'the hub stops'))
      await inTime(clock, Promise.all(ends), lastDrawMs)
    },
  }
}

/** Why a panel cannot have a seat; null where it can. All of it is from outside. */
function faultOf({ id, controls }: Panel): string | null {
  if (!/^[^\p{C}]+$/u.test(id))
    return 'a panel needs an identity: one line of text that is not empty'
  if (controls.length > mostControls) return `a panel has ${mostControls} controls at most`
  const spots = new Set(controls.map(({ row, col }) => `${row}/${col}`))
  if (spots.size < controls.length) return 'two controls of the panel are at one spot'
  const isSpot = (n: number) => Number.isInteger(n) && n >= 0 && n < 1024
  return controls.every(({ row, col }) => isSpot(row) && isSpot(col))
    ? null
    : 'a control of the panel is at no row and column'
}

function startOf(was: number | null, its: PanelConfig, pages: readonly number[]): number {
  const [first = 1] = pages
  const wanted = [was, its.page].find((page) => page !== null && pages.includes(page))
  return wanted ?? first
}

/** `satellite:127.0.0.1:4711` without its port: another one after each reconnect. */
function hostOf(source: string): string {
  return source.replace(/:\d+$/, '')
}

/** The PINs of the surface's panels, by what the config has for them. @throws SurfaceError */
function pinsOf(name: string, { panel, panels }: SurfaceConfig): ReadonlyMap<string, string> {
  const pins = new Map<string, string>()
  for (const { lock } of [panel, ...panels.values()]) {
    if (lock === null || pins.has(lock.pin)) continue
    const resolved = resolveSecrets({ pin: lock.pin }, process.env, (path) =>
      readFileSync(path, 'utf8'),
    )
    if (!resolved.ok) throw new SurfaceError('panel.lock.pin', resolved.detail)
    const { pin } = resolved.options
    if (typeof pin !== 'string' || !/^\d{4,16}$/.test(pin))
      throw new SurfaceError(
        'panel.lock.pin',
        `${lock.pin} of ${name} is not four to sixteen digits`,
      )
    pins.set(lock.pin, pin)
  }
  return pins
}
