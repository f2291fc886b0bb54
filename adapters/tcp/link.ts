import type { Ack } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import { type Line, lineDeframer } from '../../wire/lines.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import type { TextCommand } from '../template-text.ts'
import { Connection } from '../connection.ts'
import { compiled, type Meaning, type TcpOptions } from './options.ts'

/** 64 KiB: a longer line is no answer. */
const maxLineBytes = 64 * 1024
/** Of an answer, in a failure's text. */
const quotedLength = 200

/** A command that has no end yet: `waiting` for the connection, or `written`. */
interface Flight {
  readonly command: TextCommand
  /** Settles its promise; the link forgets it first. */
  end(result: Ack | Failure): void
}

/** See README.md: the life of one command. */
export class TcpLink implements Link<TextCommand> {
  readonly #peer: string
  readonly #context: LinkContext
  readonly #connection: Connection
  readonly #meaning: ((line: string) => Meaning) | null
  readonly #waiting = new Set<Flight>()
  readonly #written = new Set<Flight>()
  readonly #connects = new Set<() => void>()
  #lines = lineDeframer(maxLineBytes)
  #closed = false

  constructor(options: TcpOptions, context: LinkContext) {
    this.#peer = `${options.host}:${options.port}`
    this.#context = context
    this.#meaning = compiled(options).meaning
    this.#connection = new Connection(options.host, options.port, {
      up: () => this.#cameUp(),
      down: (detail) => this.#wentDown(detail),
      bytes: (chunk) => this.#got(chunk),
    })
  }

  open(): void {
    this.#connection.open()
  }

  send(command: TextCommand, signal: AbortSignal): Promise<Ack> {
    if (this.#closed || signal.aborted) return Promise.reject(new DeliveryError(this.#away()))
    return new Promise((resolve, reject) => {
      const aborted = () => this.#abort(flight)
      const flight: Flight = {
        command,
        end: (result) => {
          this.#waiting.delete(flight)
          this.#written.delete(flight)
          signal.removeEventListener('abort', aborted)
          if (typeof result === 'string') resolve(result)
          else reject(new DeliveryError(result))
        },
      }
      signal.addEventListener('abort', aborted)
      this.#waiting.add(flight)
      this.#flush()
    })
  }

  async test(signal: AbortSignal): Promise<string> {
    if (!this.#connection.up) await this.#connected(signal)
    return `connected to ${this.#peer}`
  }

  close(): Promise<void> {
    this.#closed = true
    this.#connection.close()
    for (const flight of this.#written) flight.end(this.#lost('the link was closed'))
    for (const flight of this.#waiting) flight.end(this.#away())
    for (const wake of this.#connects) wake()
    return Promise.resolve()
  }

  /** @throws DeliveryError where the signal aborts or the link is closed first */
  #connected(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        this.#connects.delete(wake)
        signal.removeEventListener('abort', wake)
        if (this.#connection.up) resolve()
        else reject(new DeliveryError(this.#away()))
      }
      if (this.#closed || signal.aborted) return wake()
      this.#connects.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  /** Writes what waits, in order; where answers are awaited, one at a time. */
  #flush(): void {
    for (const flight of this.#waiting) {
      if (!this.#connection.up || (this.#meaning !== null && this.#written.size > 0)) return
      const barred = this.#context.barred()
      if (barred !== null) {
        flight.end(barred)
        continue
      }
      this.#waiting.delete(flight)
      this.#written.add(flight)
      this.#connection.write(flight.command.bytes, () => {
        if (this.#meaning === null) flight.end('sent')
      })
    }
  }

  #cameUp(): void {
    this.#lines = lineDeframer(maxLineBytes)
    // before anybody hears of it, so that what waits goes out before what is new
    this.#flush()
    for (const wake of this.#connects) wake()
    this.#context.changed(true, `connected to ${this.#peer}`)
  }

  #wentDown(detail: string): void {
    for (const flight of this.#written) flight.end(this.#lost(detail))
    this.#context.changed(false, `${this.#peer}: ${detail}`)
  }

  #abort(flight: Flight): void {
    if (!this.#written.has(flight)) return flight.end(this.#away())
    const what = this.#meaning === null ? 'did not take the command' : 'did not answer'
    flight.end({
      code: 'timeout',
      reached: 'maybe',
      detail: `${this.#peer} ${what} in time`,
    })
    // a late answer must not confirm the next command, and bytes that still wait must not arrive late
    this.#connection.drop(`it ${what} in time; connecting again`)
  }

  /** Hostile: bounded by the deframer; the line's text is matched in bounded time. */
  #got(chunk: Buffer): void {
    if (this.#meaning === null) return
    // a line ends with CR, LF or both; the empty one between them is dropped
    for (let at = 0; at < chunk.length; at++) if (chunk[at] === 0x0d) chunk[at] = 0x0a
    for (const line of this.#lines.push(chunk)) {
      if (line.ok && line.text === '') continue
      // nobody waits for what comes unasked
      const [flight] = this.#written
      if (flight !== undefined) this.#answered(flight, line, this.#meaning)
    }
  }

  #answered(flight: Flight, line: Line, meaning: (line: string) => Meaning): void {
    if (!line.ok) {
      const detail = `${this.#peer} answered what makes no sense: ${line.detail}`
      flight.end({ code: 'malformed', reached: 'maybe', detail })
      // its real answer may still come, and must not confirm the next command
      return this.#connection.drop('it answered what makes no sense; connecting again')
    }
    const found = meaning(line.text)
    if (found === 'confirmed') return this.#next(flight, 'confirmed')
    if (found === 'refused') {
      const detail = `${this.#peer} refused: ${quote(line.text, flight.command.words)}`
      this.#next(flight, { code: 'refused', reached: 'yes', detail })
    }
  }

  #next(flight: Flight, result: Ack | Failure): void {
    flight.end(result)
    this.#flush()
  }

  /** The bytes may have arrived. */
  #lost(why: string): Failure {
    const detail = `${this.#peer}: ${why}, before the command was known to have arrived`
    return { code: 'unreachable', reached: 'maybe', detail }
  }

  /** Nothing was sent. */
  #away(): Failure {
    if (this.#closed)
      return { code: 'unreachable', reached: 'no', detail: `${this.#peer}: the link is closed` }
    return this.#connection.up
      ? { code: 'timeout', reached: 'no', detail: `${this.#peer}: no time was left to send it` }
      : { code: 'unreachable', reached: 'no', detail: `${this.#peer}: ${this.#connection.detail}` }
  }
}

/** A device's words for people, without the config's words that it may repeat: those can be secrets. */
function quote(line: string, words: readonly string[]): string {
  let text = line
  for (const word of words) text = text.replaceAll(word, '…')
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.slice(0, quotedLength).replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
}
