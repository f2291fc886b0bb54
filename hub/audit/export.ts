import { createWriteStream, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readFileSidecar } from '../../bus/sidecar-file/sidecar.ts'
import { linesOf } from '../../witness/audit/bodies.ts'
import { bundleParts, type Disclosed } from '../../witness/bundle.ts'
import { parseCheckpoint } from '../../witness/check/checkpoint.ts'
import { parseNote } from '../../witness/check/note.ts'
import { segmentName, segmentLines } from '../../witness/seal/segments.ts'
import { Tiles } from '../../witness/seal/tiles.ts'
import { commitmentsOfBody } from '../../witness/commitment.ts'
import { usableConfig } from '../configure.ts'
import { momentOf, type Moment } from './moment.ts'
import { disclosuresOf, journalOf } from '../data-folder.ts'
import { openSource, textsOf } from '../site/source.ts'

export interface PartOptions {
  /** The data folder. */
  readonly data: string
  /** A position of the journal or a time, as `infra replay` takes them; null: from the first, to the newest signed. */
  readonly from: string | null
  readonly to: string | null
  /** An intent: so many minutes before its first entry and after its last. */
  readonly around: { readonly id: string; readonly minutes: number } | null
}

/** Personal values to put into a bundle: all that its lines commit to, or those of some intents. */
export interface Disclosing {
  readonly of: 'all' | readonly string[]
  /** A file that says where they are kept; null: in the data folder. */
  readonly config: string | null
}

export interface Exported {
  /** The lines from `from` up to, and without, `to`, of the `size` that are signed. */
  readonly from: number
  readonly to: number
  readonly size: number
  readonly origin: string
  /** Who cosigned the head of `size` lines, as it says itself: nobody has verified that here. */
  readonly cosigners: readonly string[]
}

/** What a sealed line is found by. */
interface Mark {
  readonly seq: number
  readonly rid: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Writes a bundle of sealed lines, with what proves their place in the whole. It reads files alone: a hub may run beside.
 * @throws RangeError for a moment that is none, a part without an entry, or an intent of which nothing is sealed
 */
export async function exportBundle(
  options: PartOptions & {
    /** The file to write. */
    readonly out: string
    /** Absent: no personal values. */
    readonly disclose?: Disclosing | null
  },
): Promise<Exported & { /** How many personal values are in it. */ readonly disclosed: number }> {
  const { disclose = null } = options
  const texts = disclose === null ? new Map() : await valuesOf(options.data, disclose)
  const disclosed = new Map<string, Disclosed>()
  const look = (line: Buffer) => {
    if (disclose === null) return
    for (const commitment of wantedIn(line, disclose)) {
      const text: string | undefined = texts.get(commitment)
      if (text !== undefined) disclosed.set(commitment, { commitment, text })
    }
  }
  const { parts, ...exported } = bundleOf(options, look, () => disclosed.values())
  await writeNew(options.out, parts)
  return { ...exported, disclosed: disclosed.size }
}

/** Writes a file that was not there: what lies there may be somebody's evidence. @throws RangeError */
async function writeNew(file: string, parts: Iterable<string | Buffer>): Promise<void> {
  const part = `${file}.part`
  if (existsSync(file))
    throw new RangeError(`there is a file ${file} already: take another name, or remove it`)
  await pipeline(Readable.from(parts), createWriteStream(part))
  renameSync(part, file)
}

/** The same as {@link exportBundle}, as the parts of its text. `look` is told each line, before `disclosed` is asked. */
export function bundleOf(
  options: PartOptions,
  look: (line: Buffer) => void = () => {},
  disclosed: () => Iterable<Disclosed> = () => [],
): Exported & { readonly parts: Iterable<string | Buffer> } {
  const folder = join(options.data, 'witness')
  const newest = join(folder, 'checkpoint')
  if (!existsSync(newest))
    throw new RangeError(`nothing is signed in ${folder}: run a hub there first`)
  const note = readFileSync(newest)
  const { origin, size } = parseCheckpoint(note)
  const segments = join(folder, 'segments')
  const { from, to } = rangeOf(options, () => sealedLines(segments, 0, size))
  if (from === to)
    throw new RangeError(
      'no sealed entry is in that part: is its end before its beginning, or later than all that is signed?',
    )
  const tiles = new Tiles(join(folder, 'tile'))
  function* lines(): Generator<Buffer> {
    for (const line of sealedLines(segments, from, to)) {
      look(line)
      yield line
    }
  }
  const parts = bundleParts(
    { origin, from, to, size },
    lines(),
    note.toString(),
    (range) => tiles.hashOf(range),
    disclosed,
  )
  return { from, to, size, origin, cosigners: cosignersOf(note, origin), parts }
}

/** The names beside the log's own that a head carries. It is attacker-controlled: whom to believe is for who verifies. */
function cosignersOf(note: Buffer, origin: string): readonly string[] {
  const names = parseNote(note).signatures.map(({ name }) => name)
  return [...new Set(names.filter((name) => name !== origin))]
}

/** What a line commits to, where that is to be disclosed. */
function wantedIn(line: Buffer, { of }: Disclosing): readonly string[] {
  const text = line.toString()
  return of === 'all' || of.some((id) => text.includes(id)) ? commitmentsOfBody(text) : []
}

async function valuesOf(
  data: string,
  { config }: Disclosing,
): Promise<ReadonlyMap<string, string>> {
  if (config === null) return readFileSidecar(disclosuresOf(data))
  const source = await openSource(await usableConfig(config), journalOf(data))
  try {
    return await textsOf(source)
  } finally {
    await source.close()
  }
}

function rangeOf(
  { from, to, around }: PartOptions,
  lines: () => Iterable<Buffer>,
): { from: number; to: number } {
  if (around !== null) {
    const own = marks(lines(), (text) => text.includes(around.id))
    const first = own[0]
    const last = own.at(-1)
    if (first === undefined || last === undefined)
      throw new RangeError(`nothing of the intent ${around.id} is sealed`)
    const margin = around.minutes * 60_000
    return within(
      lines(),
      (mark) => mark.at >= first.at - margin,
      (mark) => mark.at <= last.at + margin,
    )
  }
  const begin = from === null ? null : momentOf(from)
  const end = to === null ? null : momentOf(to)
  return within(
    lines(),
    begin === null ? () => true : notBefore(begin, lines),
    end === null ? () => true : notAfter(end, lines),
  )
}

/** From the first line that has begun to the last that has not ended. */
function within(
  lines: Iterable<Buffer>,
  hasBegun: (mark: Mark) => boolean,
  isInside: (mark: Mark) => boolean,
): { from: number; to: number } {
  let from: number | null = null
  let to = 0
  let seq = 0
  for (const line of lines) {
    const mark = markOf(seq++, line.toString())
    if (from === null && hasBegun(mark)) from = mark.seq
    if (from !== null && isInside(mark)) to = mark.seq + 1
  }
  return from === null ? { from: seq, to: seq } : { from, to: Math.max(from, to) }
}

function notBefore(moment: Moment, lines: () => Iterable<Buffer>): (mark: Mark) => boolean {
  if ('time' in moment) return ({ at }) => at >= moment.time
  const { seq } = markAt(moment.position, lines)
  return (mark) => mark.seq >= seq
}

function notAfter(moment: Moment, lines: () => Iterable<Buffer>): (mark: Mark) => boolean {
  if ('time' in moment) return ({ at }) => at <= moment.time
  const { seq } = markAt(moment.position, lines)
  return (mark) => mark.seq <= seq
}

function markAt(position: string, lines: () => Iterable<Buffer>): Mark {
  const [mark] = marks(lines(), (text) => text.endsWith(`,"rid":"${position}"}`))
  if (mark === undefined) throw new RangeError(`the journal's position ${position} is not sealed`)
  return mark
}

function marks(lines: Iterable<Buffer>, is: (text: string) => boolean): readonly Mark[] {
  const found: Mark[] = []
  let seq = 0
  for (const line of lines) {
    const text = line.toString()
    if (is(text)) found.push(markOf(seq, text))
    seq++
  }
  return found
}

/** A sealed line's entry begins with its time, in canonical JSON, and its position comes last. */
function markOf(seq: number, text: string): Mark {
  const at = /"body":\{"at":(\d+)/.exec(text.slice(0, 150))?.[1]
  const rid = text.slice(text.lastIndexOf(',"rid":"') + ',"rid":"'.length, -2)
  return { seq, rid, at: Number(at ?? Number.NaN) }
}

/** The lines from `from` up to, and without, `to`. */
function* sealedLines(segments: string, from: number, to: number): Generator<Buffer> {
  for (let index = Math.floor(from / segmentLines); index * segmentLines < to; index++) {
    const file = join(segments, segmentName(index))
    if (!existsSync(file)) return
    let seq = index * segmentLines
    for (const line of linesOf(file)) {
      if (seq >= to) return
      if (seq++ >= from) yield line
    }
  }
}
