import { canonical, type Canonical } from './canonical.ts'
import { fullNodes, type Range } from './merkle/proof.ts'

// A bundle, `.ifw.ndjson`: part of a sealed log in one file, with what proves its place in the whole.

/** The first line: what the lines that follow are of. */
export interface BundleHead {
  /** The version of this form. */
  readonly ifw: 1
  readonly origin: string
  /** The lines from `from` up to, and without, `to`, of a log of `size` lines. */
  readonly from: number
  readonly to: number
  readonly size: number
  /** Hashes, base64, over the lines before and after, from left to right: full subtrees, as large as they come. */
  readonly left: readonly string[]
  readonly right: readonly string[]
}

/** What stands behind a commitment: salt and value, as they are kept. */
export interface Disclosed {
  readonly commitment: string
  readonly text: string
}

/**
 * The text of a bundle, in parts: the head, each line as it is stored, the checkpoint, what is disclosed, the end. `disclosed` is
 * asked when the lines have been read.
 */
export function* bundleParts(
  head: {
    readonly origin: string
    readonly from: number
    readonly to: number
    readonly size: number
  },
  lines: Iterable<Buffer>,
  note: string,
  hashOf: (range: Range) => Buffer,
  disclosed: () => Iterable<Disclosed> = () => [],
): Generator<string | Buffer> {
  const { origin, from, to, size } = head
  const hashes = (range: Range) =>
    fullNodes(range).map(({ level, index }) => {
      const start = index * 2 ** level
      return hashOf({ start, end: start + 2 ** level }).toString('base64')
    })
  const meta: BundleHead = {
    ifw: 1,
    origin,
    from,
    to,
    size,
    left: hashes({ start: 0, end: from }),
    right: hashes({ start: to, end: size }),
  }
  yield `${JSON.stringify(meta)}\n`
  let count = 0
  for (const line of lines) {
    yield line
    yield '\n'
    count++
  }
  yield `${JSON.stringify({ checkpoint: note })}\n`
  for (const { commitment, text } of disclosed()) {
    const { salt, value } = JSON.parse(text) as { salt: string; value: Canonical } // disclosureText wrote it
    yield `${canonical({ disclosed: { commitment, salt, value } })}\n`
  }
  yield `${JSON.stringify({ end: true, lines: count })}\n`
}
