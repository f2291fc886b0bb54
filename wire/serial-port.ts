import type { Buffer } from 'node:buffer'
// only its types: the library itself is loaded when a port is opened, because a machine may be without
import type { SerialPort } from 'serialport'
import type { SerialSettings } from './serial-keys.ts'
import { watchPresence } from './serial-presence.ts'
import { codeOf } from './system-reason.ts'

/** 250 ms, doubling to 2 s: a plug that was pulled is back in when a person has turned it. */
const firstWaitMs = 250
const longestWaitMs = 2000
/** 1 s: after that a port that does not close is left to the system. */
const closeMs = 1000

/** What its user hears of a port. */
export interface SerialEvents {
  up(): void
  down(detail: string): void
  bytes(chunk: Buffer): void
}

/** One serial port that comes back by itself when it is plugged in again. */
export class SerialStream {
  readonly #options: SerialSettings
  readonly #events: SerialEvents
  #port: SerialPort | null = null
  #up = false
  #closed = false
  #failures = 0
  #detail = 'not opened yet'
  #timer: NodeJS.Timeout | null = null
  #unwatch = () => {}

  constructor(options: SerialSettings, events: SerialEvents) {
    this.#options = options
    this.#events = events
  }

  get up(): boolean {
    return this.#up
  }

  get detail(): string {
    return this.#detail
  }

  open(): void {
    this.#timer = null
    load().then(
      ({ SerialPort }) => {
        if (!this.#closed) this.#opening(new SerialPort(settings(this.#options)))
      },
      (error: unknown) => this.#failed(missing(error)),
    )
  }

  write(bytes: Buffer, flushed: () => void): void {
    const port = this.#port
    port?.write(bytes, (error) => {
      if (!(error instanceof Error) && this.#port === port) flushed()
    })
  }

  drop(detail: string): void {
    if (this.#port !== null) this.#lost(this.#port, detail)
  }

  close(): void {
    this.#closed = true
    this.#up = false
    this.#unwatch()
    if (this.#timer !== null) clearTimeout(this.#timer)
    const port = this.#port
    this.#port = null
    if (port !== null) shut(port, () => {})
  }

  #opening(port: SerialPort): void {
    this.#port = port
    // stays on after the loss: a port that was given up may still report its error
    port.on('error', (error) => this.#lost(port, why(error)))
    port.once('close', () => this.#lost(port, 'it was unplugged'))
    port.on('data', (chunk: Buffer) => {
      if (this.#port === port && this.#up) this.#events.bytes(chunk)
    })
    port.open((error) => {
      if (this.#port !== port) return
      if (error !== null) return this.#lost(port, why(error))
      // what came while nobody listened answers nothing
      port.flush(() => {
        if (this.#port !== port) return
        this.#up = true
        this.#failures = 0
        this.#unwatch = watchPresence(this.#options.path, () =>
          this.#lost(port, 'it was unplugged'),
        )
        this.#events.up()
      })
    })
  }

  #lost(port: SerialPort, detail: string): void {
    if (this.#port !== port || this.#closed) return
    this.#port = null
    this.#up = false
    this.#unwatch()
    // the port is locked until it is closed
    shut(port, () => this.#failed(detail))
  }

  #failed(detail: string): void {
    if (this.#closed) return
    this.#detail = detail
    const wait = Math.min(firstWaitMs * 2 ** this.#failures, longestWaitMs)
    if (wait < longestWaitMs) this.#failures++
    this.#timer = setTimeout(() => this.open(), wait)
    this.#events.down(detail)
  }
}

/** What still waits must not leave late. Calls back once, within a second. */
function shut(port: SerialPort, closed: () => void): void {
  let told = false
  const end = () => {
    if (told) return
    told = true
    clearTimeout(timer)
    closed()
  }
  const timer = setTimeout(end, closeMs)
  if (!port.isOpen) return end()
  port.flush(() => {
    if (port.isOpen) port.close(end)
    else end()
  })
}

function load(): Promise<typeof import('serialport')> {
  return import('serialport')
}

function settings({ path, baudRate, dataBits, parity, stopBits, flow }: SerialSettings) {
  return {
    path,
    baudRate,
    dataBits,
    parity,
    stopBits,
    rtscts: flow === 'hardware',
    xon: flow === 'software',
    xoff: flow === 'software',
    autoOpen: false,
  }
}

/** Why the library cannot be used, and what to do. */
function missing(error: unknown): string {
  return codeOf(error) === 'ERR_MODULE_NOT_FOUND'
    ? 'the package serialport is not installed: npm install serialport'
    : 'serialport has no build for this machine: npm rebuild serialport, with a compiler installed'
}

/** The library has no codes: its messages, as they stand in its bindings, in words for people. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [/No such file|File not found|ENOENT/i, 'there is no such port: is it plugged in?'],
  [/Permission denied|Access denied|EACCES/i, 'this machine forbids it: add the user to dialout'],
  [/lock|busy/i, 'another program has it open'],
  [/Inappropriate ioctl|not a tty/i, 'it is no serial port'],
  [/baud/i, 'it does not know this baudRate'],
]

function why({ message }: Error): string {
  return meanings.find(([form]) => form.test(message))?.[1] ?? 'it cannot be opened or read'
}
