import type { Fault, Held, Received } from './simulator.ts'

/** Where the answers of a simulated device go. */
export interface Talker {
  write(bytes: Buffer | string): void
  /** Writes, and is gone: half an answer, or none. */
  end(bytes: string): void
  readonly isGone: boolean
}

/** A relay card on whatever carries its lines: it answers each with `OK` and the line, or `ERR` and the line. */
export function lineDevice(received: Received, held: Held) {
  let fault: Fault = 'none'

  function answer(talker: Talker, line: string, fault: Fault): void {
    switch (fault) {
      case 'none':
        if (!talker.isGone) talker.write(`OK ${line}\r\n`)
        return
      case 'hang':
        held.add(() => answer(talker, line, 'none'))
        return
      case 'refuse':
        talker.write(`ERR ${line}\r\n`)
        return
      case 'garbage':
        talker.write(Buffer.from('ff00fe8081c30a', 'hex'))
        return
      case 'half-reply':
        talker.end('O')
        return
      case 'close':
        talker.end('')
        return
      default:
        fault satisfies never
    }
  }

  return {
    fault(next: Fault) {
      fault = next
    },
    /** Answers before it tells the tests, so that they see both or neither. */
    got(talker: Talker, line: string) {
      if (!talker.isGone) answer(talker, line, fault)
      received.add(line)
    },
  }
}
