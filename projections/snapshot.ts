import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Position } from '../bus/log.ts'
import type { Json } from '../intents/json.ts'
import type { Projection } from './projection.ts'

/** How many lines are written between two looks at the event loop: a few milliseconds of work. */
const linesAtOnce = 100

/**
 * Writes a projection's state beside the log: a head line, then the projection's own. Atomic (written aside and
 * renamed), and in small portions, so that no press waits for it.
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
    await file.write(`${JSON.stringify({ name, version, position, lines: lines.length })}\n`)
    for (let i = 0; i < lines.length; i += linesAtOnce) {
      const portion = lines.slice(i, i + linesAtOnce).map((line) => `${JSON.stringify(line)}\n`)
      await file.write(portion.join(''))
      await setImmediate()
    }
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** The newest snapshot of a projection; null where there is none of this version, or it cannot be read. */
export async function readSnapshot<State>(
  folder: string,
  projection: Projection<State>,
): Promise<{ readonly state: State; readonly position: Position } | null> {
  try {
    const text = await readFile(join(folder, `${projection.name}.ndjson`), 'utf8')
    const [head, ...lines] = text
      .trimEnd()
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
