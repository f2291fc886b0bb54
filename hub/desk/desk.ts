import { inTime } from '../../bus/in-time.ts'
import type { PanelConfig, SurfaceConfig } from '../../config/config.ts'
import { failed } from '../../intents/failure.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { Desk, Panel, PanelPort, Seat } from '../../surfaces/desk.ts'
import type { SeatView } from '../../surfaces/http/surface-view.ts'
import { type ControlPlace, type Faces, placeName } from '../../surfaces/surface.ts'
import type { Core } from '../compose.ts'
import type { DrawTurns } from './draw-turns.ts'
import { controlAt } from './gestures.ts'
import type { Submits } from './surface-host.ts'
import { hostOf, isBackSoon, openKeptPanels, startPage } from './kept-panels.ts'
import { bounded, faultOf } from './panel-fault.ts'
import { pinsOf } from './panel-pins.ts'
import { openTries, surfacePatience } from './pin.ts'
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
  /** Those of them that joined last, the newest last. */
  views(): readonly SeatView[]
  /** The seat of that identity; undefined where none has it. */
  seatOf(panel: string): Pick<HubSeat, 'turn'> | undefined
  /** Ends all seats: their panels show that the hub is gone. */
  close(): Promise<void>
}

/** Of one surface. A control room has dozens; what is beyond this is a mistake, or an attack. */
const mostSeats = 4096
/** As many are told of to who asks what there is: more than a room has, and a bounded answer. */
const mostShown = 100
/** What the panels get to draw that the hub is gone. Milliseconds. */
const lastDrawMs = 1000
/** Characters of a path that stand for the control of a panel's own value. */
const longestPath = 128

/** @throws SurfaceError where the secret of a PIN cannot be had */
export function openDesk({ core, faces, turns, name, config, submits }: DeskParts): OpenDesk {
  const { clock, rejections } = core
  const seats = new Map<string, HubSeat>()
  const byPage = new Map<number, Set<HubSeat>>()
  const kept = openKeptPanels(core, name)
  const allTries = openTries(clock, surfacePatience)
  const pins = pinsOf(name, config)

  const offFaces = faces.follow((place) => {
    for (const seat of byPage.get(place.page) ?? []) seat.changed(place)
  })

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
    const panel = bounded(offered)
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
    const mine = kept.of(id)
    const isBack = isBackSoon(mine, source, clock.now())
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
    let shows = startPage(mine, its, pages())
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
            control: path.slice(0, longestPath),
          },
          source,
        }),
      turnsTo: (place) => controlAt(core.config(), place)?.page ?? null,
      moved(page) {
        move(seat, shows, page)
        shows = page
        mine.turned(page)
      },
      wrongPin: () => rejections.access(name, source, `wrong PIN at ${panel.product} ${id}`),
      notRecorded: (why) => rejections.input(name, source, failed('refused', why)),
      over(why) {
        if (why === 'left' && !seat.isLocked())
          mine.open = { at: clock.now(), host: hostOf(source) }
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
    views: () =>
      [...seats.values()].slice(-mostShown).map((seat) => ({
        id: seat.panel.id,
        product: seat.panel.product,
        page: seat.page(),
        locked: seat.isLocked(),
      })),
    seatOf: (panel) => seats.get(panel),
    async close() {
      offFaces()
      const ends = Array.from(seats.values(), (seat) => seat.end('hub-lost', 'the hub stops'))
      await inTime(clock, Promise.all(ends), lastDrawMs)
      kept.close()
    },
  }
}
