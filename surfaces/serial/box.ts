import { failed } from '../../intents/failure.ts'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { lineDeframer } from '../../wire/lines.ts'
import type { SerialSettings } from '../../wire/serial-keys.ts'
import { SerialStream } from '../../wire/serial-port.ts'
import type { Panel, PanelPort, Seat } from '../desk.ts'
import type { SurfaceHost } from '../surface.ts'
import { type Box, parseBoxLine } from './said.ts'
import { clean, faceLines, tallyLine } from './told.ts'

export interface BoxOptions extends SerialSettings {
  readonly tally: readonly { readonly device: string; readonly path: string }[]
}

/** No line of a box is nearly as long: what is longer is noise. Bytes. */
const maxLineBytes = 256
/** 2 s: a box that hears nothing for 5 s shows that the hub is gone. */
const pingMs = 2000
/** 5 s: a box that takes nothing for so long is opened anew. */
const writeMs = 5000

/** Whoever sits at the port: opened until `close`. A new HELLO is a box that was reset, or another one. */
export function openBox(
  name: string,
  options: BoxOptions,
  host: SurfaceHost,
): { readonly where: () => string; readonly close: () => void } {
  const source = `serial:${options.path}`.slice(0, 200)
  let lines = lineDeframer(maxLineBytes)
  let seated: { readonly box: Box; readonly seat: Seat } | null = null
  let ping: NodeJS.Timeout | null = null
  /** Newest values that the box has not been told, and errors: one line is under way at a time. */
  const tallies = new Map<number, Json>()
  let error: string | null = null
  let isTelling = false

  const stream = new SerialStream(options, {
    up() {
      lines = lineDeframer(maxLineBytes)
      ping = setInterval(() => write('PING'), pingMs)
      // a box that was running before asks for nothing by itself
      write('WHO')
    },
    down: () => gone(),
    bytes(chunk) {
      for (const line of lines.push(chunk))
        if (!line.ok) wrong(line.detail)
        else if (line.text.trim() !== '') take(line.text)
    },
  })

  const write = (line: string, flushed = () => {}) => {
    if (stream.up) stream.write(Buffer.from(`${line}\n`), flushed)
  }

  function take(line: string): void {
    const read = parseBoxLine(line, seated?.box ?? null)
    if (read.kind === 'wrong') wrong(read.detail)
    else if (read.kind === 'hello') join(read.box)
    else
      void seated?.seat.say(read.said).then((answered) => {
        if (!answered.ok) tell(`${answered.code} ${answered.detail}`)
      })
  }

  function wrong(detail: string): void {
    host.rejected(source, failed('malformed', detail))
    tell(`malformed ${detail}`)
  }

  /** Only the newest: a line that is all noise must not fill the port. */
  function tell(detail: string): void {
    error = detail
    pump()
  }

  function join(box: Box): void {
    seated?.seat.leave()
    const panel: Panel = {
      id: box.id,
      product: box.product,
      source,
      controls: box.controls,
      ownsPin: false,
    }
    write(`READY ${box.id}`)
    let isEnded = false
    const numbers = new Map(box.controls.map(({ row, col }, n) => [`${row}/${col}`, n]))
    const port: PanelPort = {
      draw({ row, col, takes }, face, signal) {
        const n = numbers.get(`${row}/${col}`)
        return n === undefined ? Promise.resolve() : send(faceLines(n, face, takes), signal)
      },
      brightness: (percent) => write(`BRIGHT ${Math.round(percent)}`),
      locked() {}, // the hub draws a keypad on its keys
      page: (page) => write(`PAGE ${page}`),
      ended(why, detail) {
        isEnded = true
        if (why !== 'left') write(`BYE ${why} ${clean(detail)}`)
        if (seated?.box === box) seated = null
      },
    }
    const seat = host.desk.join(panel, port)
    // it may have ended before `join` came back
    seated = isEnded ? null : { box, seat }
    options.tally.forEach(({ device, path }, n) => {
      const value = host.states.at(device as DeviceId, path) // by its schema
      if (value !== undefined) tallies.set(n, value)
    })
    pump()
  }

  /** Resolves once the port has taken it. */
  function send(told: readonly string[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(late)
        signal.removeEventListener('abort', abort)
        settle()
      }
      const abort = () => end(() => reject(new Error('the box is gone')))
      const late = setTimeout(() => {
        abort()
        stream.drop('it takes nothing')
      }, writeMs)
      signal.addEventListener('abort', abort)
      if (signal.aborted || !stream.up) abort()
      else write(told.join('\n'), () => end(resolve))
    })
  }

  /** Tells the newest of what waits, one line after the other. */
  function pump(): void {
    if (isTelling || !stream.up) return
    const [next] = tallies
    const line =
      error !== null ? `ERR ${clean(error)}` : next === undefined ? null : tallyLine(...next)
    if (line === null) return
    if (error !== null) error = null
    else if (next !== undefined) tallies.delete(next[0])
    isTelling = true
    write(line, () => {
      isTelling = false
      pump()
    })
  }

  function gone(): void {
    if (ping !== null) clearInterval(ping)
    ping = null
    isTelling = false
    tallies.clear()
    error = null
    const left = seated
    seated = null
    left?.seat.leave()
  }

  const off = host.states.follow(({ device, path, value }) => {
    if (seated === null) return
    options.tally.forEach((wanted, n) => {
      if (wanted.device !== device || wanted.path !== path) return
      tallies.set(n, value)
      pump()
    })
  })
  stream.open()
  return {
    /** The port, and what stands in the way of a box there. */
    where() {
      if (!stream.up) return `${options.path}: ${stream.detail}`
      return seated === null ? `${options.path}: no box there has said HELLO` : options.path
    },
    close() {
      off()
      if (seated !== null) write('BYE hub-lost the hub stops')
      gone()
      stream.close()
    },
  }
}
