import { setImmediate as turn } from 'node:timers/promises'
import type { Test } from 'tap'
import { openDrawQueue } from '../hub/desk/draw-queue.ts'
import { openDrawTurns } from '../hub/desk/draw-turns.ts'
import { settledBytes } from '../test/settled.ts'
import type { PanelControl } from './desk.ts'
import type { RecordedSeat } from './recording-desk.contract.ts'

// What every way in bears, whatever comes: each surface runs it over its own lines, boxes and decks (`rough.test.ts` there).

/** Somebody at a way in: a connection, a sender of datagrams, a box, a deck. */
export interface Guest {
  /** So many good presses, as fast as its line takes them. */
  press(count: number): Promise<void>
  /** How many of them have reached the hub. */
  arrived(): number
  /** Bytes as they are. */
  send(bytes: Buffer): Promise<void>
  /** It goes without a word, whatever it was in the middle of. */
  leave(): Promise<void>
  /** The hub has closed its line. */
  isCutOff(): boolean
}

/** A guest that is drawn on. */
export interface PanelGuest extends Guest {
  readonly seat: RecordedSeat
  /** It takes nothing any more, or again. */
  stall(on: boolean): void
}

/** A way in that is open until the test ends. */
export interface Door<G extends Guest = Guest> {
  guest(): Promise<G>
  /** How much that came in is counted as rejected. */
  rejected(): number
}

/** Bytes that a guest sends and should not. */
export interface Bad {
  readonly what: string
  readonly bytes: Buffer
  /** How much of it is counted as rejected: what proves that it came. 0 where nothing is counted. */
  readonly counted: number
  /** What becomes of the guest: its next press arrives, its line is closed, or it leaves behind half of something. */
  readonly then: 'goes on' | 'is cut off' | 'leaves'
}

export interface RoughWay<G extends Guest = Guest> {
  readonly name: string
  readonly bad: readonly Bad[]
  /** Presses of a flood: 50,000 where nothing is said. */
  readonly flood?: number
  open(t: Test): Promise<Door<G>>
}

/** 30 s: only a fault takes so long. Milliseconds. */
const patienceMs = 30_000
/** Of a whole test: all of its waits together. */
const whole = { timeout: 4 * patienceMs }
const usualFlood = 50_000
const calmPresses = 200

export async function until(what: string, holds: () => boolean): Promise<void> {
  const last = Date.now() + patienceMs
  while (!holds()) {
    if (Date.now() > last) throw new Error(`it never came to this: ${what}`)
    await turn()
  }
}

/** How many of a growing list fit; each is looked at once. */
export function counter<T>(list: readonly T[], fits: (one: T) => boolean): () => number {
  let at = 0
  let count = 0
  return () => {
    for (; at < list.length; at++) {
      const one = list[at]
      if (one !== undefined && fits(one)) count++
    }
    return count
  }
}

/** So many in steps, each once the one before has arrived: where nothing slows a sender down, what the kernel drops is not ours to lose. */
export async function inStep(
  count: number,
  step: number,
  arrived: () => number,
  press: (count: number) => Promise<void> | void,
): Promise<void> {
  const before = arrived()
  for (let done = 0; done < count;) {
    const now = Math.min(step, count - done)
    await press(now)
    done += now
    await until(`${done} of ${count} arrived`, () => arrived() - before >= done)
  }
}

/** Bad bytes press nothing, are counted, and cost nobody else anything; a flood of one guest keeps no press of another. */
export function bearsRoughGuests<G extends Guest>(t: Test, way: RoughWay<G>): void {
  const { name, bad, flood = usualFlood } = way
  void t.test(
    `${name}: what is bad presses nothing, and the next press arrives`,
    whole,
    async (t) => {
      const door = await way.open(t)
      const calm = await door.guest()
      let presses = 0
      for (const { what, bytes, counted, then } of bad) {
        const rough = await door.guest()
        const before = door.rejected()
        await rough.send(bytes)
        if (then === 'leaves') await rough.leave()
        await until(`${what} is counted`, () => door.rejected() - before >= counted)
        t.equal(rough.arrived(), 0, `${what} presses nothing`)
        if (then === 'is cut off') await until(`${what} closes its line`, () => rough.isCutOff())
        if (then === 'goes on') {
          await rough.press(1)
          await until(`a press after ${what}`, () => rough.arrived() === 1)
        }
        await calm.press(1)
        await until(`another guest after ${what}`, () => calm.arrived() === presses + 1)
        presses++
        t.equal(door.rejected() - before, counted, `${what} is counted ${counted} times`)
      }
    },
  )

  void t.test(`${name}: ${flood} presses of one cost another none of its own`, whole, async (t) => {
    const door = await way.open(t)
    const [rough, calm] = [await door.guest(), await door.guest()]
    const began = performance.now()
    const flooding = rough.press(flood)
    await until('the flood has begun', () => rough.arrived() > 0)
    let whenFirst = flood
    for (let n = 1; n <= calmPresses; n++) {
      await calm.press(1)
      await until(`press ${n} of the other`, () => calm.arrived() === n)
      if (n === 1) whenFirst = rough.arrived()
    }
    await flooding
    await until('all of the flood', () => rough.arrived() >= flood)
    const perSecond = Math.round((flood / (performance.now() - began)) * 1000)
    t.comment(`${perSecond} a second, ${whenFirst} before the other's first`)
    t.ok(
      whenFirst < flood,
      'control: the flood was not over when the first press of the other arrived',
    )
    t.equal(rough.arrived(), flood, 'control: all of the flood came')
    t.equal(calm.arrived(), calmPresses)
  })
}

/** So many changes of all faces of a panel that takes nothing; 16 MiB is more than any may keep of them. */
const changes = 2000
export const mostKept = 16 * 1024 * 1024

/** How a panel is drawn, as the hub does it: of each control the newest, one at a time. */
function drawing(t: Test, { seat }: PanelGuest) {
  const { controls } = seat.panel
  let text = ''
  let drawn = 0
  const queue = openDrawQueue<PanelControl>(openDrawTurns(), async (control) => {
    await seat.draw(control, { text, colour: '#203040' })
    drawn++
  })
  t.teardown(() => queue.close())
  return {
    drawn: () => drawn,
    change(to: string) {
      text = to
      for (const control of controls) queue.want(control)
    },
  }
}

/** What is kept of all changes that a panel is told, in bytes, and how many of them it was drawn. */
export async function keptOf(t: Test, guest: PanelGuest) {
  const { drawn, change } = drawing(t, guest)
  const before = await settledBytes()
  for (let n = 0; n < changes; n++) {
    change(`text ${n}`)
    if (n % 10 === 0) await turn()
  }
  const bytes = (await settledBytes()) - before
  return { bytes, drawn: drawn(), wanted: changes * guest.seat.panel.controls.length }
}

/** A panel that takes nothing costs bounded memory and nobody's press; one that goes in the middle of a draw has left. */
export function bearsRoughPanels(t: Test, way: RoughWay<PanelGuest>): void {
  void t.test(`${way.name}: one that takes nothing is told the newest only`, whole, async (t) => {
    const door = await way.open(t)
    const [stuck, calm] = [await door.guest(), await door.guest()]
    const other = drawing(t, calm)
    other.change('ready')
    await until('the other is drawn', () => other.drawn() === calm.seat.panel.controls.length)
    stuck.stall(true)
    const kept = await keptOf(t, stuck)
    t.ok(kept.bytes < mostKept, `${kept.bytes} bytes are kept of ${changes} changes`)
    t.ok(kept.drawn < kept.wanted, `control: ${kept.drawn} of ${kept.wanted} were drawn`)
    await calm.press(1)
    await until('a press of another', () => calm.arrived() === 1)
    const before = other.drawn()
    other.change('still here')
    await until('another is drawn', () => other.drawn() > before)
  })

  void t.test(
    `${way.name}: one that goes in the middle of a draw has left, and no other`,
    whole,
    async (t) => {
      const door = await way.open(t)
      const [gone, calm] = [await door.guest(), await door.guest()]
      gone.stall(true)
      let open = 0
      const draws = gone.seat.panel.controls.slice(0, 8).map((control) => {
        open++
        return gone.seat
          .draw(control, { text: 'half', colour: '#405060' })
          .catch(() => {})
          .finally(() => open--)
      })
      t.ok(open > 0, 'control: it was being drawn')
      await gone.leave()
      await until('it has left', () => gone.seat.end === 'left')
      await Promise.all(draws)
      t.equal(calm.seat.end, null)
      await calm.press(1)
      await until('a press of another', () => calm.arrived() === 1)
      const [first] = calm.seat.panel.controls
      if (first !== undefined) await calm.seat.draw(first, { text: 'still here' })
    },
  )
}
