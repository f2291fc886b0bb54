import { failed } from '../../intents/failure.ts'
import type { MidiMessage } from '../../wire/midi.ts'
import type { Panel, PanelPort, Said, Seat } from '../desk.ts'
import type { SurfaceHost } from '../surface.ts'
import type { Console } from './console.ts'
import type { ConsoleWire, ConsoleWireEvents } from './wire.ts'

/** How long a console that is left may take its farewell. ms */
const farewellMs = 1000

/** A console's place at the desk: what is heard goes to the hub, what the hub draws goes to the console. */
export class Station {
  readonly #host: SurfaceHost
  readonly #panel: Panel
  readonly #newConsole: () => Console
  readonly #hello: readonly MidiMessage[]
  readonly #wire: ConsoleWire
  #console: Console
  #seat: Seat | null = null
  #time = ''
  #detail = 'not looked for yet'
  #isUp = false
  #isClosed = false
  /** Sent and not known to have left. */
  #leaving = 0
  #allLeft = (): void => {}

  /** @param hello what a console is greeted with when it is found */
  constructor(
    host: SurfaceHost,
    panel: Panel,
    newConsole: () => Console,
    hello: readonly MidiMessage[],
    wireTo: (events: ConsoleWireEvents) => ConsoleWire,
  ) {
    this.#host = host
    this.#panel = panel
    this.#newConsole = newConsole
    this.#console = newConsole()
    this.#hello = hello
    this.#wire = wireTo({
      up: (detail) => this.#up(detail),
      down: (detail) => this.#down(detail),
      got: (message) => this.#got(message),
      rejected: (source, detail) => this.#host.rejected(source, failed('malformed', detail)),
    })
  }

  /** For people: `MIDI port X-Touch: …`. */
  get address(): string {
    return `${this.#wire.where}: ${this.#detail}`
  }

  /** @throws SurfaceError */
  async open(): Promise<void> {
    await this.#wire.open()
  }

  time(text: string): void {
    this.#time = text
    this.#send(this.#console.time(text))
  }

  /** Leaves the console dark, with a word on its strips. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    const seat = this.#seat
    this.#seat = null
    seat?.leave()
    this.#send(this.#console.part('no hub', ''))
    await this.#allSent()
    this.#isClosed = true
    this.#isUp = false
    this.#wire.close()
  }

  #up(detail: string): void {
    if (this.#isClosed) return
    this.#isUp = true
    this.#detail = detail
    // what was known of it before may be wrong by now: faces and motors come from the hub anew
    this.#console = this.#newConsole()
    this.#console.time(this.#time)
    this.#send([...this.#hello, ...this.#console.start()])
    const own = this.#port()
    const seat = this.#host.desk.join(this.#panel, own.port)
    if (!own.hasEnded()) this.#seat = seat
  }

  #down(detail: string): void {
    // it is looked for again and again: the same reason is told once
    const isNews = this.#isUp || this.#detail !== detail
    this.#isUp = false
    this.#detail = detail
    const seat = this.#seat
    this.#seat = null
    seat?.leave()
    if (isNews && !this.#isClosed)
      this.#host.rejected(this.#panel.source, failed('unreachable', detail.slice(0, 500)))
  }

  #got(message: MidiMessage): void {
    const { said, send, hasForgotten } = this.#console.hear(message)
    this.#send(send)
    if (hasForgotten) {
      this.#send(this.#console.start())
      this.#seat?.redraw()
    }
    if (said !== null) this.#say(said)
  }

  #say(said: Said): void {
    const seat = this.#seat
    if (seat === null) return
    void seat.say(said).then((answered) => {
      if (!answered.ok && said.type === 'fader' && seat === this.#seat)
        this.#send(this.#console.refused(said, said.position))
    })
  }

  #port(): { readonly port: PanelPort; hasEnded(): boolean } {
    let hasEnded = false
    const port: PanelPort = {
      draw: (control, face, signal) =>
        new Promise((resolve) => {
          const done = () => {
            // the signal lives as long as the seat: each draw takes its own listener away
            signal.removeEventListener('abort', done)
            resolve()
          }
          signal.addEventListener('abort', done)
          this.#send(this.#console.draw(control, face), done)
        }),
      // Mackie's protocol knows no brightness
      brightness: () => {},
      locked: (lock) => this.#send(this.#console.lock(lock)),
      page: (page) => this.#send(this.#console.page(page)),
      ended: (why) => {
        hasEnded = true
        // whoever left has no seat any more, or already another one
        if (why === 'left') return
        this.#seat = null
        const word = { 'hub-lost': 'no hub', replaced: 'in use', refused: 'refused' }[why]
        this.#send(this.#console.part(word, ''))
      },
    }
    return { port, hasEnded: () => hasEnded }
  }

  #send(messages: readonly MidiMessage[], done: () => void = () => {}): void {
    if (messages.length === 0 || !this.#isUp) return done()
    this.#leaving++
    this.#wire.send(messages, () => {
      this.#leaving--
      if (this.#leaving === 0) this.#allLeft()
      done()
    })
  }

  /** What was sent has left: a wire that is closed before takes it with it. */
  async #allSent(): Promise<void> {
    if (this.#leaving === 0) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, farewellMs)
      this.#allLeft = () => {
        clearTimeout(late)
        resolve()
      }
    })
  }
}
