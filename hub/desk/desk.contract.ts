import { join } from 'node:path'
import type { Test } from 'tap'
import type {
  Face,
  Panel,
  PanelControl,
  PanelPort,
  Said,
  Seat,
  SeatEnd,
  Spot,
} from '../../surfaces/desk.ts'
import type { TestCore } from '../core.contract.ts'
import { openDesk } from './desk.ts'
import { openDrawTurns } from './draw-turns.ts'
import { openFaceBook } from './face-book.ts'
import { submitsOf } from './surface-host.ts'

const patienceMs = 30_000

/** A panel for tests: draws what it is given, at once or when it is let. */
export class TestPanel implements PanelPort {
  readonly drawn: { readonly at: string; readonly face: Face }[] = []
  readonly shown = new Map<string, Face>()
  readonly told: string[] = []
  end: SeatEnd | null = null
  endDetail = ''
  /** Drawings wait here while it is not null. */
  stalled: Promise<void> | null = null
  #look = () => {}

  async draw({ row, col }: PanelControl, face: Face): Promise<void> {
    this.drawn.push({ at: `${row}/${col}`, face })
    if (this.stalled !== null) await this.stalled
    this.shown.set(`${row}/${col}`, face)
    this.#look()
  }

  brightness(percent: number): void {
    this.told.push(`brightness ${percent}`)
  }

  locked(lock: { readonly digits: number } | null): void {
    this.told.push(lock === null ? 'open' : `locked ${lock.digits}`)
  }

  page(page: number): void {
    this.told.push(`page ${page}`)
    this.#look()
  }

  ended(why: SeatEnd, detail: string): void {
    this.end = why
    this.endDetail = detail
    this.#look()
  }

  text(at: string): string {
    return this.shown.get(at)?.text ?? ''
  }

  /** Resolves once this holds; looked at after each drawing. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const last = performance.now() + patienceMs
    while (!holds())
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`it never came to this: ${what}`)),
          last - performance.now(),
        )
        this.#look = () => {
          clearTimeout(late)
          resolve()
        }
      })
  }
}

/** Keys of a panel in rows. */
export function keys(rows: number, cols: number): readonly PanelControl[] {
  const takes = { bitmap: { width: 72, height: 72 }, text: false, colour: false, level: false }
  return Array.from({ length: rows * cols }, (_, i) => ({
    kind: 'key',
    row: Math.floor(i / cols),
    col: i % cols,
    takes,
  }))
}

/** The desk of the surface `sat` of a core's config. */
export function openTestDesk(t: Test, { core }: TestCore) {
  const config = core.config().surfaces.get('sat')
  if (config === undefined) throw new Error('the config has no surface sat')
  const book = openFaceBook(core, join(core.data, 'infra.yaml'))
  const { reach } = config
  const way = { name: 'sat', defaults: config, reach }
  const desk = openDesk({
    core,
    faces: book.faces,
    turns: openDrawTurns(),
    name: 'sat',
    config,
    submits: (panel) => submitsOf(core, way, panel),
  })
  t.teardown(async () => {
    await desk.close()
    book.close()
  })
  const join_ = (more: Partial<Panel> = {}) => {
    const panel = new TestPanel()
    const seat: Seat = desk.join(
      {
        id: 'CL1',
        product: 'Stream Deck',
        source: 'test:127.0.0.1:1',
        controls: keys(3, 5),
        ownsPin: false,
        ...more,
      },
      panel,
    )
    const say = (said: Said) => seat.say(said)
    return {
      panel,
      seat,
      say,
      press: async ({ row, col }: Spot) => {
        const down = say({ type: 'down', row, col })
        const up = say({ type: 'up', row, col })
        await up
        return down
      },
    }
  }
  return { desk, faces: book.faces, states: book.states, join: join_ }
}
