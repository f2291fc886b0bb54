/**
 * The stream of vMix's TCP API (port 8099), as its help page "TCP API" gives it:
 * `<COMMAND> <OK|ER|length>[ text]\r\n[data]`, where `length` counts bytes and includes the data's own `\r\n`.
 */
export type Message =
  | {
      readonly command: string
      readonly status: 'OK' | 'ER'
      readonly text: string
    }
  | {
      readonly command: string
      readonly status: 'data'
      readonly text: string
      readonly data: string
    }

type StreamFault =
  /** A line that is no vMix reply: another program listens on this port, or the stream is out of step. */
  'not-vmix' | 'line-too-long' | 'data-too-long'

export type Read =
  | { readonly ok: true; readonly messages: readonly Message[] }
  | { readonly ok: false; readonly fault: StreamFault; readonly detail: string }

/** 8 KiB: the longest line of the protocol is a TALLY of 1,000 inputs, 1,011 bytes. */
export const maxLineBytes = 8 * 1024
/** 8 MiB: the state of 1,000 inputs with layers and texts is about 2 MiB. */
export const maxDataBytes = 8 * 1024 * 1024

const shape = /^([A-Z]{2,16}) (OK|ER|\d{1,10})(?: (.*))?$/s

interface Awaited {
  readonly command: string
  readonly text: string
  readonly bytes: Buffer
  filled: number
}

/**
 * An incremental reader: give it what the socket gives, in any pieces; get the messages that are complete. No I/O.
 * What comes in is hostile: sizes are bounded before anything is kept. After a fault it stays at that fault, because
 * nothing after it can be told apart from its rest.
 */
export function createReader(): (chunk: Buffer) => Read {
  let line: Buffer = Buffer.alloc(0)
  let awaited: Awaited | null = null
  let broken: Extract<Read, { ok: false }> | null = null

  const fail = (fault: StreamFault, detail: string): Read => (broken = { ok: false, fault, detail })

  return (chunk) => {
    if (broken !== null) return broken
    const messages: Message[] = []
    let rest: Buffer = chunk
    while (rest.length > 0) {
      if (awaited !== null) {
        const taken = rest.copy(awaited.bytes, awaited.filled)
        awaited.filled += taken
        rest = rest.subarray(taken)
        if (awaited.filled < awaited.bytes.length) break
        const { command, text, bytes } = awaited
        messages.push({ command, status: 'data', text, data: bytes.toString('utf8') })
        awaited = null
        continue
      }
      // the line's end may have been cut in two, so the search goes over what was kept and what came
      const joined: Buffer = line.length === 0 ? rest : Buffer.concat([line, rest])
      const end = joined.indexOf('\r\n')
      if (end > maxLineBytes || (end < 0 && joined.length > maxLineBytes + 1))
        return fail('line-too-long', `a line of more than ${maxLineBytes} bytes`)
      if (end < 0) {
        // an HTTP server or a binary protocol is told at once, not when its first line happens to end
        if (!/^[A-Z]*(?: |$)/.test(joined.toString('latin1', 0, 20)))
          return fail('not-vmix', `not a vMix reply: ${shown(joined.toString('utf8'))}`)
        line = Buffer.from(joined)
        break
      }
      line = Buffer.alloc(0)
      rest = joined.subarray(end + 2)
      if (end === 0) continue // data whose length left out its own line end
      const text = joined.toString('utf8', 0, end)
      const [, command, status, after = ''] = shape.exec(text) ?? []
      if (command === undefined || status === undefined)
        return fail('not-vmix', `not a vMix reply: ${shown(text)}`)
      if (status === 'OK' || status === 'ER') {
        messages.push({ command, status, text: after })
        continue
      }
      const length = Number(status)
      if (length > maxDataBytes)
        return fail(
          'data-too-long',
          `${command} announces ${length} bytes; ${maxDataBytes} at most`,
        )
      if (length === 0) messages.push({ command, status: 'data', text: after, data: '' })
      else awaited = { command, text: after, bytes: Buffer.alloc(length), filled: 0 }
    }
    return { ok: true, messages }
  }
}

/** Text of the device as it may stand in a detail for people: one line, at most 120 characters. */
export function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = text.slice(0, 400).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  return plain.length > 120 ? `${plain.slice(0, 119)}…` : plain
}
