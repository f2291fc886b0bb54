import type { PanelConfig } from '../../config/config.ts'
import type { Json } from '../../intents/json.ts'
import {
  type Answered,
  type Panel,
  type PanelControl,
  type PanelPort,
  type Said,
  type Seat,
  type SeatEnd,
  type Spot,
} from '../../surfaces/desk.ts'
import {
  type ControlGesture,
  type ControlPlace,
  type Faces,
  placeName,
  type Receipt,
} from '../../surfaces/surface.ts'
import { answered, done, nowhere, together } from './answered.ts'
import { openDrawQueue } from './draw-queue.ts'
import type { DrawTurns } from './draw-turns.ts'
import { keypadOn } from './keypad.ts'
import { lockTyping } from './lock-typing.ts'
import { type PageTurn, turned } from './page-turn.ts'
import type { SeatLock } from './seat-lock.ts'
import { nameOf, seatLook } from './seat-look.ts'

/** What a seat needs of the hub. */
export interface SeatParts {
  readonly panel: Panel
  readonly port: PanelPort
  readonly config: PanelConfig
  readonly faces: Faces
  readonly turns: DrawTurns
  /** `changed` is called when it locks by itself. */
  lock(changed: () => void): SeatLock
  /** The page it begins with. */
  readonly page: number
  /** Pages that it may use, in order; as they are now. */
  pages(): readonly number[]
  gesture(place: ControlPlace, gesture: ControlGesture): Promise<readonly Receipt[] | null>
  fader(place: ControlPlace, position: number): Promise<readonly Receipt[] | null>
  /** A value of its own. */
  set(device: string, path: string, value: Json): Promise<Receipt>
  /** Where a press at that place turns its pages to; null where it does something else. */
  turnsTo(place: ControlPlace): PageTurn | null
  /** It shows another page now. */
  moved(page: number): void
  wrongPin(): void
  /** Something was asked for and could not be recorded. */
  notRecorded(why: string): void
  /** The seat ended. */
  over(why: SeatEnd): void
}

/** A seat as the hub has it. */
export interface HubSeat extends Seat {
  readonly panel: Panel
  isLocked(): boolean
  page(): number
  /** Turns its page, as by a hand on it; a lock does not hinder that. `may`: which pages whoever turns it may touch. */
  turn(to: PageTurn, may: (page: number) => boolean): Answered
  /** The control at that spot of the page that it shows has another face. */
  changed(spot: Spot): void
  /** Ends it: shows what is to be seen then, waits at most until `drawn` says so, and tells the panel. */
  end(why: SeatEnd, detail: string): Promise<void>
}

/** More gestures of one panel than hands make in minutes, while the log takes none: what is beyond is refused visibly. */
const mostWaiting = 10_000
/** Of an encoder in one go: more than a hand turns between two looks at it. */
const mostSteps = 64

export function openSeat(parts: SeatParts): HubSeat {
  const { panel, port, faces, config } = parts
  const at = new Map(panel.controls.map((control) => [nameOf(control), control]))
  /** Held keys, and where their down went: their up goes there too, whatever page it is by then. null: it went nowhere. */
  const held = new Map<string, ControlPlace | null>()
  const gone = new AbortController()
  const keypad = keypadOn(panel.controls)
  let page = parts.page
  let over: 'kept' | 'showing-lost' | null = null
  let isDone = false
  let waiting = 0
  const lock = parts.lock(() => showLock())
  const look = seatLook(panel, config, faces, keypad, lock)
  const queue = openDrawQueue<PanelControl>(parts.turns, (control) =>
    port.draw(control, look.at(control, page, over === 'showing-lost'), gone.signal),
  )
  const redraw = () => {
    for (const control of panel.controls) queue.want(control)
  }

  function showLock(): void {
    const state = lock.state()
    if (panel.ownsPin) port.locked(state === null ? null : { digits: state.digits })
    redraw()
  }

  const typing = lockTyping(panel, keypad, lock, { wrongPin: parts.wrongPin, changed: showLock })

  async function asked(
    spot: Spot,
    receipts: Promise<readonly Receipt[] | null>,
  ): Promise<Answered> {
    const answer = await answered(receipts, parts.notRecorded)
    if (!answer.ok && answer.code === 'not-found')
      return { ...answer, detail: `there is no control at ${placeName(placeOf(spot))}` }
    const isTrouble = !answer.ok && answer.code === 'not-recorded'
    if (look.trouble(spot, isTrouble ? answer.detail : null)) changed(spot)
    return answer
  }

  function gesture(spot: Spot, kind: ControlGesture): Promise<Answered> {
    return asked(spot, parts.gesture(placeOf(spot), kind))
  }

  const placeOf = ({ row, col }: Spot): ControlPlace => ({ page, row, col })

  function changed(spot: Spot): void {
    const control = at.get(nameOf(spot))
    if (control !== undefined) queue.want(control)
  }

  function turn(to: PageTurn, may = (_page: number) => true): Answered {
    const next = turned(to, page, parts.pages().filter(may))
    if (!('page' in next)) return next
    page = next.page
    look.turned()
    parts.moved(page)
    port.page(page)
    redraw()
    return done
  }

  async function rotate(spot: Spot, steps: number): Promise<Answered> {
    if (!Number.isInteger(steps) || Math.abs(steps) > mostSteps)
      return nowhere('malformed', `an encoder turns ${mostSteps} whole steps at most in one go`)
    const kind = steps > 0 ? 'rotate-right' : 'rotate-left'
    // all are submitted in this turn, in their order
    return together(
      await Promise.all(Array.from({ length: Math.abs(steps) }, () => gesture(spot, kind))),
    )
  }

  function up(spot: Spot): Promise<Answered> {
    const name = nameOf(spot)
    const place = held.get(name)
    held.delete(name)
    // one without a down: that was at the keypad, or at the panel's last life
    return place == null ? Promise.resolve(done) : asked(spot, parts.gesture(place, 'up'))
  }

  function open(said: Said): Promise<Answered> {
    switch (said.type) {
      case 'down':
      case 'press': {
        const to = parts.turnsTo(placeOf(said))
        if (to !== null) return Promise.resolve(turn(to))
        if (said.type === 'down') held.set(nameOf(said), placeOf(said))
        return gesture(said, said.type)
      }
      case 'up':
        return up(said)
      case 'rotate':
        return rotate(said, said.steps)
      case 'fader': {
        const { position } = said
        if (!(position >= 0 && position <= 1))
          return Promise.resolve(nowhere('malformed', 'a fader stands at 0 to 1'))
        return asked(said, parts.fader(placeOf(said), position))
      }
      case 'touch':
        // under a hand its motor is silent: what it shows changes when the hand is off
        if (at.has(nameOf(said)) && look.touched(said, said.on) && !said.on) changed(said)
        return Promise.resolve(done)
      case 'set':
        return answered(
          parts.set(said.device, said.path, said.value).then((receipt) => [receipt]),
          parts.notRecorded,
        )
      case 'page':
        return Promise.resolve(turn(said.to))
      case 'digit':
        return Promise.resolve(done)
      default:
        return said satisfies never
    }
  }

  function finish(why: SeatEnd, detail: string): void {
    if (isDone) return
    isDone = true
    queue.close()
    lock.close()
    gone.abort()
    parts.over(why)
    port.ended(why, detail)
  }

  return {
    panel,
    page: () => page,
    turn: (to, may) =>
      over === null ? turn(to, may) : nowhere('ended', 'the panel has no seat any more'),
    isLocked: () => lock.state() !== null,
    say(said) {
      if (over !== null) return Promise.resolve(nowhere('ended', 'the panel has no seat any more'))
      if (lock.state() !== null) {
        // what was held when it locked is let go; the ups of the keypad are none
        if (said.type === 'up') return up(said)
        return Promise.resolve(typing.said(said, (spot) => held.set(nameOf(spot), null)))
      }
      lock.touched()
      // what was pressed must be let go, whatever waits
      if (waiting >= mostWaiting && said.type !== 'up') {
        const detail = `${mostWaiting} gestures of the panel wait to be recorded already`
        parts.notRecorded(detail)
        return Promise.resolve(nowhere('not-recorded', detail))
      }
      waiting++
      return open(said).finally(() => waiting--)
    },
    changed(spot) {
      look.trouble(spot, null)
      changed(spot)
    },
    redraw(spot) {
      if (over !== null) return
      if (spot !== undefined) return changed(spot)
      port.brightness(config.brightness)
      port.page(page)
      showLock()
    },
    leave() {
      if (over !== null) return
      over = 'kept'
      for (const [name, place] of held) {
        const control = at.get(name)
        if (place !== null) void asked(control ?? place, parts.gesture(place, 'up')) // never rejects
      }
      held.clear()
      finish('left', 'it left')
    },
    async end(why, detail) {
      if (over !== null) return
      const shows = why === 'hub-lost' && config.whenLost !== 'keep'
      over = shows ? 'showing-lost' : 'kept'
      if (shows) {
        redraw()
        await queue.idle()
      }
      finish(why, detail)
    },
  }
}
