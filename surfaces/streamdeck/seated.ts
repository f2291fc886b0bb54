import type { Desk, PanelPort, Said, Seat } from '../desk.ts'
import type { Renderer } from '../render/renderer.ts'
import type { FoundDeck } from './deck.ts'
import { drawOn } from './draw.ts'
import { type Cell, cellsOf, touched } from './layout.ts'
import { within } from './within.ts'

/** A draw takes some ms; a deck that has not taken one after this long will not, ms. */
const drawMs = 5000
/** For the last words to a deck, ms: a hub that stops does not wait for it. */
const farewellMs = 1000
/** What the hub takes as steps of one turn. */
const mostSteps = 64

/** A deck with its seat at the desk. */
export interface SeatedDeck {
  /** For people: `Stream Deck XL CL12K1A00042`. */
  readonly title: string
  /** It was unplugged, or is given up. Idempotent. */
  leave(): Promise<void>
}

/**
 * Gives a deck its seat. Hands are told to the hub in the event itself, whatever is being drawn; what is drawn waits for the
 * device and for nothing else, and the hub keeps only the newest for each control meanwhile. A deck that does not take what is
 * drawn, or reports an error, has left.
 */
export function seatDeck(
  { deck, serial, source, taken, drop }: FoundDeck,
  desk: Desk,
  renderer: Renderer | null,
): SeatedDeck {
  const cells = cellsOf(deck.CONTROLS, renderer !== null)
  const bySpot = new Map<string, Cell>(
    cells.map((cell) => [`${cell.control.row}/${cell.control.col}`, cell]),
  )
  let left: Promise<void> | null = null
  let rests = false
  const isGone = () => rests || left !== null

  const port: PanelPort = {
    async draw({ row, col }, face, signal) {
      const cell = bySpot.get(`${row}/${col}`)
      if (cell === undefined || isGone() || signal.aborted) return
      try {
        await within(drawMs, 'a draw', drawOn(deck, cell.target, face, renderer))
        if (taken !== null) await within(drawMs, 'the answer to a draw', taken())
      } catch (error) {
        void leave()
        throw error
      }
    },
    brightness(percent) {
      deck.setBrightness(Math.min(100, Math.max(0, Math.round(percent)))).catch(() => void leave())
    },
    // the hub draws the keypad, and the page is where the faces come from
    locked() {},
    page() {},
    ended(why) {
      // found again at once it would take the place of who took its own, and so on without end: it comes back when it was away
      if (why === 'replaced') rest()
      // the hub has drawn that it is gone: that stays on the glass
      else void leave(why !== 'hub-lost')
    },
  }

  /** It has no seat, and stays open so that nobody finds it again. */
  function rest(): void {
    rests = true
    within(farewellMs, 'clearing', deck.clearPanel()).catch(() => void leave())
  }

  function leave(clear = true, fault: string | null = null): Promise<void> {
    left ??= (async () => {
      seat.leave()
      // dark rather than a face that nobody keeps true; a deck that is gone cannot be told
      if (clear && !rests) await within(farewellMs, 'clearing', deck.clearPanel()).catch(() => {})
      await within(farewellMs, 'closing', drop(fault)).catch(() => {})
    })()
    return left
  }

  const seat: Seat = desk.join(
    {
      id: `streamdeck:${serial}`,
      product: deck.PRODUCT_NAME,
      source,
      controls: cells.map(({ control }) => control),
      ownsPin: false,
    },
    port,
  )
  const broken = () =>
    void leave(
      false,
      `${deck.PRODUCT_NAME} ${serial} reports what no such deck can: unplug it, and plug it in again if you know it`,
    )
  const say = (said: Said) => {
    if (!isGone()) void seat.say(said)
  }
  deck.on('down', ({ row, column: col }) => say({ type: 'down', row, col }))
  deck.on('up', ({ row, column: col }) => say({ type: 'up', row, col }))
  deck.on('rotate', ({ row, column: col }, amount) => {
    // of a report that ends before its dials it is undefined, whatever its types say
    if (Number.isInteger(amount)) {
      const steps = Math.min(mostSteps, Math.max(-mostSteps, amount))
      say({ type: 'rotate', row, col, steps })
    } else broken()
  })
  deck.on('lcdShortPress', (strip, { x }) => say({ type: 'press', ...touched(strip, x) }))
  deck.on('lcdLongPress', (strip, { x }) => say({ type: 'press', ...touched(strip, x) }))
  // as on a phone: the finger takes the page along
  deck.on('lcdSwipe', (_, from, to) =>
    say({ type: 'page', to: to.x < from.x ? 'next' : 'previous' }),
  )
  // heard to the end: what the library says while it closes is no crash of ours
  deck.on('error', (error) => (isBrokenReport(error) ? broken() : void leave()))
  return { title: `${deck.PRODUCT_NAME} ${serial}`, leave }
}

/**
 * Whether a report is what the library's parser threw at, for it ends too soon. node-hid hands that on as an error of the device
 * (HIDAsync, `resume`); an error of USB is neither of these.
 */
export function isBrokenReport(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError
}
