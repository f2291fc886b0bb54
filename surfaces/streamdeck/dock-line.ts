import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { reason } from '../../wire/system-reason.ts'
import { chunks } from '../streams.ts'
import { type DockFraming, framingOf, type Sending } from './dock-framing.ts'
import { DockGivenUp, type Question, questionOf } from './dock-question.ts'
import { type DeckBehind, deckBehindOf, firmwareOf, productOf, serialOf } from './dock-told.ts'

/** Why a line to a dock ended. */
export interface DockEnd {
  readonly detail: string
  /** It said what no dock says. */
  readonly isMalformed: boolean
}

interface DockEvents {
  input: [report: Uint8Array]
  /** It says of itself that a deck was plugged into it, or pulled. */
  behind: [deck: DeckBehind | null]
}

/** A dock says each second that it lives; one that is silent for so long is gone, as is one that takes nothing. Milliseconds. */
const silentMs = 5000
function malformed(detail: string): DockEnd {
  return { detail, isMalformed: true }
}

/**
 * One connection to a dock, as the device under the library's models. All that comes is hostile: a report has a bounded length, is
 * forgotten with its connection, and while the dock takes nothing of what it is told it is not read either.
 */
export class DockLine extends EventEmitter<DockEvents> {
  readonly #socket: Socket
  readonly #asked = new Map<number, Question>()
  #framing: DockFraming | null = null
  #isDeck = false
  #end: DockEnd | null = null
  readonly #life = questionOf(() => {})

  constructor(socket: Socket) {
    super()
    this.#socket = socket
  }

  /** Resolves with its first sign of life; rejects where none comes. */
  get alive(): Promise<unknown> {
    return this.#life.answer
  }

  /** Whether it is a deck behind a dock: such a one is asked as at USB. */
  get isDeck(): boolean {
    return this.#isDeck
  }

  /** Reads until the connection ends, which everybody who waits for an answer is told. Never rejects. */
  async read(): Promise<DockEnd> {
    const end = await this.#untilEnd()
    this.#end = end
    this.#socket.destroy()
    for (const question of [this.#life, ...this.#asked.values()])
      question.fail(new DockGivenUp(end.detail))
    return end
  }

  async #untilEnd(): Promise<DockEnd> {
    let heardAt = performance.now()
    const silence = setInterval(() => {
      if (performance.now() - heardAt > silentMs)
        void this.close(`it says nothing: ${silentMs / 1000} s without a sign of life`)
    }, silentMs / 5)
    try {
      for await (const chunk of chunks(this.#socket)) {
        const framing = (this.#framing ??= framingOf(chunk[0]))
        if (framing === null) return malformed('what answers there is no dock')
        for (const report of framing.reports.push(chunk)) {
          if (!report.ok) return malformed(report.detail)
          this.#heard(framing, report.bytes, report.number)
        }
        if (this.#socket.writableNeedDrain) await this.#drained()
        heardAt = performance.now()
      }
      return { detail: 'it closed the connection', isMalformed: false }
    } catch (error) {
      const detail = error instanceof DockGivenUp ? error.message : reason(error)
      return { detail, isMalformed: false }
    } finally {
      clearInterval(silence)
    }
  }

  #heard(framing: DockFraming, report: Buffer, number: Buffer): void {
    const [kind, what] = report
    if (kind === 0x03) this.#asked.get(what ?? 0)?.settle(report)
    else if (kind !== 0x01) this.#asked.get(kind ?? 0)?.settle(report)
    else if (what === 0x0a) {
      this.#life.settle(report)
      const answer = Buffer.alloc(32)
      // with the number of the connection
      answer.set([0x03, 0x1a, report[5] ?? 0])
      this.#socket.write(framing.alive(answer, number))
    } else if (what === 0x0b) this.#behind(report)
    else this.emit('input', report.subarray(1))
  }

  #behind(report: Buffer): void {
    const question = this.#asked.get(0x1c)
    if (question === undefined) this.emit('behind', deckBehindOf(report))
    else question.settle(report)
  }

  async #drained(): Promise<void> {
    const late = AbortSignal.timeout(silentMs)
    await once(this.#socket, 'drain', { signal: late }).catch((cause: unknown) => {
      throw late.aborted ? new DockGivenUp('it takes nothing of what it is told', { cause }) : cause
    })
  }

  /** Asks it for one of its feature reports; whoever asks for the same meanwhile gets the same answer. */
  #ask(report: number, of: 'dock' | 'deck'): Promise<Buffer> {
    const known = this.#asked.get(report)
    if (known !== undefined) return known.answer
    if (this.#end !== null) return Promise.reject(new DockGivenUp(this.#end.detail))
    const question = questionOf(() => this.#asked.delete(report))
    this.#asked.set(report, question)
    const bytes = Uint8Array.from(of === 'dock' ? [0x03, report] : [report])
    this.#send(bytes, of === 'dock' ? 'ask-dock' : 'ask-deck')
    return question.answer
  }

  #send(report: Uint8Array, as: Sending): void {
    if (this.#framing !== null && !this.#socket.destroyed)
      this.#socket.write(this.#framing.sent(report, as))
  }

  /** Which product it is, by its number at USB. @throws DockGivenUp where it does not say */
  async product(): Promise<number> {
    const asked = [this.#ask(0x80, 'dock'), this.#ask(0x08, 'deck')] as const
    const own = await Promise.race([asked[0].then(productOf), asked[1].then(() => null)])
    if (own !== null) return own
    this.#isDeck = true
    const deck = deckBehindOf(await this.#ask(0x1c, 'dock'))
    if (deck === null) throw new DockGivenUp('it does not say which deck it is')
    return deck.product
  }

  // what the library's models ask of a device

  async sendReports(reports: readonly Uint8Array[]): Promise<void> {
    for (const report of reports) this.#send(report, 'write')
  }

  async sendFeatureReport(report: Uint8Array): Promise<void> {
    this.#send(report, 'feature')
  }

  getFeatureReport(report: number): Promise<Buffer> {
    return this.#ask(report, this.#isDeck ? 'deck' : 'dock')
  }

  async getChildDeviceInfo(): Promise<DeckBehind | null> {
    return this.#isDeck ? null : deckBehindOf(await this.#ask(0x1c, 'dock'))
  }

  async close(why = 'it was given up'): Promise<void> {
    this.#socket.destroy(new DockGivenUp(why))
  }

  // what they ask of a dock's properties, where it is no deck behind one

  async setBrightness(percent: number): Promise<void> {
    this.#send(Uint8Array.of(0x03, 0x08, percent), 'feature')
  }

  async getFirmwareVersion(): Promise<string> {
    return firmwareOf(await this.#ask(0x83, 'dock'))
  }

  async getSerialNumber(): Promise<string> {
    return serialOf(await this.#ask(0x84, 'dock'))
  }

  resetToLogo(): Promise<void> {
    return Promise.reject(new Error('a dock is never reset by a hub'))
  }

  async getAllFirmwareVersions(): Promise<Record<string, string>> {
    return { AP2: await this.getFirmwareVersion() }
  }
}
