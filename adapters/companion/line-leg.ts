import { failed, type Failure } from '../../intents/failure.ts'
import { isObject, jsonIn, type Json } from '../../intents/json.ts'
import { type Line, lineDeframer } from '../../wire/lines.ts'
import { DeliveryError } from '../adapter.ts'
import { Connection } from '../connection.ts'
import type { CompanionCommand } from './command.ts'
import { lineForm, textOf } from './forms.ts'
import { inTheMiddle, type Leg, type LegContext, quote, refusal } from './leg.ts'
import { plain } from './reading.ts'

/** 64 KiB: no answer comes near it. */
const maxLineBytes = 64 * 1024

/** Lines over TCP: each is answered with `+OK` or `-ERR`, and controls that change their colour are told unasked. */
export class LineLeg implements Leg {
  readonly transport = 'tcp'
  readonly #name: string
  readonly #context: LegContext
  readonly #connection: Connection
  #lines = lineDeframer(maxLineBytes)
  /** Of the one line under way. */
  #end: ((answer: string | Failure) => void) | null = null
  #closed = false

  constructor(peer: { readonly host: string; readonly port: number }, context: LegContext) {
    this.#name = `tcp ${peer.host}:${peer.port}`
    this.#context = context
    this.#connection = new Connection(peer.host, peer.port, {
      up: () => {
        this.#lines = lineDeframer(maxLineBytes)
        context.changed(true, `connected to ${this.#name}`)
      },
      down: (detail) => {
        this.#lost(detail)
        context.changed(false, `${this.#name}: ${detail}`)
      },
      bytes: (chunk) => this.#got(chunk),
    })
  }

  open(): void {
    this.#connection.open()
  }

  async send(command: CompanionCommand, signal: AbortSignal): Promise<'sent' | 'confirmed'> {
    const lines = lineForm(command) ?? []
    for (const [n, line] of lines.entries()) {
      const answer = await this.#ask(line, signal).catch((error: unknown) => {
        throw inTheMiddle(error, n)
      })
      judge(command, answer)
    }
    return command.type === 'write' ? this.#readBack(command.name, command.value, signal) : 'sent'
  }

  test(signal: AbortSignal): Promise<string> {
    return this.#connection.up && !signal.aborted
      ? Promise.resolve(`connected to ${this.#name}`)
      : Promise.reject(this.#away())
  }

  close(): void {
    this.#closed = true
    this.#connection.close()
    this.#lost('the link was closed')
  }

  /** Companion 4.3 and later say a variable over TCP; before, and where the connection is lost, it is only `sent`. */
  async #readBack(name: string, value: Json, signal: AbortSignal): Promise<'sent' | 'confirmed'> {
    const answer = await this.#ask(`CUSTOM-VARIABLE ${name} GET-VALUE`, signal).catch(() => '')
    if (!answer.startsWith('+OK ')) return 'sent'
    const said = answer.slice('+OK '.length)
    const text = textOf(value)
    if (said === JSON.stringify(text)) {
      this.#context.report(`custom-variable/${name}`, plain(text))
      return 'confirmed'
    }
    const detail = `Companion said ok, and custom-variable/${name} is ${quote(said)}`
    throw new DeliveryError({ code: 'timeout', reached: 'yes', detail })
  }

  #ask(line: string, signal: AbortSignal): Promise<string> {
    if (this.#closed || signal.aborted || !this.#connection.up || this.#end !== null)
      return Promise.reject(this.#away())
    return new Promise((resolve, reject) => {
      const aborted = () => {
        end({ code: 'timeout', reached: 'maybe', detail: `${this.#name} did not answer in time` })
        // its late answer must not be taken for that of the next line
        this.#connection.drop('it did not answer in time; connecting again')
      }
      const end = (answer: string | Failure) => {
        this.#end = null
        signal.removeEventListener('abort', aborted)
        if (typeof answer === 'string') resolve(answer)
        else reject(new DeliveryError(answer))
      }
      this.#end = end
      signal.addEventListener('abort', aborted)
      this.#connection.write(Buffer.from(`${line}\n`), () => {})
    })
  }

  /** Hostile: the deframer bounds a line. */
  #got(chunk: Buffer): void {
    for (const line of this.#lines.push(chunk)) {
      if (line.ok && (line.text.startsWith('+OK') || line.text.startsWith('-ERR')))
        this.#end?.(line.text)
      else if (!this.#pushed(line)) {
        const detail = `${this.#name} answered what makes no sense`
        this.#end?.({ code: 'malformed', reached: 'maybe', detail })
        // nothing tells which answer belongs to which line any more
        return this.#connection.drop('it says what makes no sense; connecting again')
      }
    }
  }

  /** A control has another background: `{"type":"bank_bg_change","page":1,"row":0,"column":0,"red":255,…}`. */
  #pushed(line: Line): boolean {
    if (!line.ok) return false
    const told = jsonIn(line.text)
    // other kinds of news are none of ours
    if (!isObject(told) || told['type'] !== 'bank_bg_change') return isObject(told)
    const { page, row, column, red, green, blue } = told
    const location = [page, row, column]
    const colour = [red, green, blue]
    const isByte = (part: Json | undefined) =>
      typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= 255
    if (!location.every(Number.isInteger) || !colour.every(isByte)) return true
    const hex = colour.map((part) => Number(part).toString(16).padStart(2, '0')).join('')
    this.#context.report(`location/${location.map(Number).join('/')}/bgcolor`, `#${hex}`)
    return true
  }

  #lost(why: string): void {
    const detail = `${this.#name}: ${why}, before it answered`
    this.#end?.({ code: 'unreachable', reached: 'maybe', detail })
  }

  /** Nothing was sent. */
  #away(): DeliveryError {
    const { up, detail } = this.#connection
    if (this.#closed)
      return new DeliveryError(failed('unreachable', `${this.#name}: the link is closed`))
    return up
      ? new DeliveryError(failed('timeout', `${this.#name}: no time was left to send it`))
      : new DeliveryError(failed('unreachable', `${this.#name}: ${detail}`))
  }
}

/** @throws DeliveryError where Companion says no */
function judge(command: CompanionCommand, answer: string): void {
  const where = 'location' in command ? ` at ${command.location}` : ''
  if (answer.startsWith('-ERR'))
    throw refusal(`Companion refused${where}: ${quote(answer.slice(4))}`)
  // it says OK and that it did nothing
  if (command.type === 'page' && answer.includes('Page not found'))
    throw refusal(`Companion has no page ${command.page}`)
}
