import { Buffer } from 'node:buffer'

/** 4 KiB: the end of what a program says; of more a failure could show nothing. */
const keptBytes = 4096
/** As long as a line of a failure may be. */
const shownLength = 200
/** Shorter than 4 letters is no secret, and blanking it would hide what the program said. */
const shortestSecret = 4

/** The end of an output, whatever its length. */
export interface Tail {
  push(chunk: Buffer): void
  /** Its last line that says something, without `secrets`; empty where there is none. */
  line(secrets: readonly string[]): string
}

export function createTail(): Tail {
  let kept: Buffer = Buffer.alloc(0)
  let cut = false
  return {
    push(chunk) {
      const all = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
      cut ||= all.length > keptBytes
      // a copy: a view would keep the whole chunk
      kept = Buffer.from(all.subarray(-keptBytes))
    },
    line(secrets) {
      // before it is cut in lines: a secret may have several
      const lines = without(kept.toString(), secrets).split(/[\r\n]+/)
      // the first one may have lost its beginning, and with it what shows that it holds a secret
      if (cut) lines.shift()
      const last = lines.map(printable).findLast((line) => line !== '')
      return last === undefined && cut
        ? `(a line of more than ${keptBytes} bytes)`
        : (last ?? '').slice(0, shownLength)
    },
  }
}

function without(text: string, secrets: readonly string[]): string {
  const words = secrets.flatMap((each) => [each, ...each.split(/[\r\n]+/)])
  return words
    .filter((word) => word.length >= shortestSecret)
    .reduce((rest, word) => rest.replaceAll(word, '…'), text)
}

/** Hostile: what moves a terminal's cursor is not shown. */
function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim()
}
