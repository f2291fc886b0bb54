import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Position } from '../bus/log.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** How many lines are written between two looks at the event loop: a few milliseconds of work. */
const linesAtOnce = 100

/**
 * Writes a projection's state beside the log, aside until it is {@link publish}ed: a head line, the projection's own,
 * and the SHA-256 of them all. In small portions, so that no press waits for it.
 */
export async function writeSnapshot<State>(
  folder: string,
  { name, version }: Projection<State>,
  position: Position,
  lines: readonly Json[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.ndjson`)
  const file = await open(`${path}.new`, 'w')
  try {
    const sum = createHash('sha256')
    const write = (text: string) => {
      sum.update(text)
      return file.write(text)
    }
    await write(`${JSON.stringify({ name, version, position, lines: lines.length })}\n`)
    for (let i = 0; i < lines.length; i += linesAtOnce) {
      const portion = lines.slice(i, i + linesAtOnce).map((line) => `${JSON.stringify(line)}\n`)
      await write(portion.join(''))
      await setImmediate()
    }
    await file.write(`${sum.digest('hex')}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Puts what was written aside in the place of the snapshot before, at once. */
export async function publish(
  folder: string,
  { name }: Pick<Projection<never>, 'name'>,
): Promise<void> {
  const path = join(folder, `${name}.ndjson`)
  await rename(`${path}.new`, path)
}

/** The newest snapshot of a projection; null where there is none of this version, or it cannot be read. */
export async function readSnapshot<State>(
  folder: string,
  projection: Projection<State>,
): Promise<{ readonly state: State; readonly position: Position } | null> {
  try {
    const text = await readFile(join(folder, `${projection.name}.ndjson`), 'utf8')
    const end = text.lastIndexOf('\n', text.length - 2) + 1
    if (createHash('sha256').update(text.slice(0, end)).digest('hex') !== text.slice(end, -1))
      return null
    const [head, ...lines] = text
      .slice(0, end - 1)
      .split('\n')
      .map((line): Json => JSON.parse(line))
    const { version, position, lines: count } = head as unknown as SnapshotHead // checked in the next line
    if (version !== projection.version || count !== lines.length || typeof position !== 'string')
      return null
    return { state: projection.load(lines), position }
  } catch {
    return null // nothing is lost: the state is folded from the log instead
  }
}

interface SnapshotHead {
  readonly version: number
  readonly position: Position
  readonly lines: number
}
