import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEntry, timeOf } from '../bus/entry.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import { loadConfig } from '../config/load.ts'
import { openCore } from '../hub/compose.ts'
import { journalOf } from '../hub/data-folder.ts'
import { loadParts } from '../hub/parts.ts'
import { openRoom } from '../hub/room.ts'
import { openRunner } from '../projections/runner.ts'
import { writeJournal } from './journal.ts'
import { serve } from './program.ts'

// What is done with a journal that is there: read, decoded, folded, started from. In a process of its own.

const never = new AbortController().signal

/** Milliseconds that `run` takes. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}

const answers = {
  /** Writes a journal; answers with the milliseconds it took. */
  write: ({ data, entries }: { readonly data: string; readonly entries: number }) =>
    timed(() => writeJournal(data, entries)),

  /** Thousands of entries a second, each way, one after the other. */
  async replay(data: string) {
    const log = await openFileLog(journalOf(data), { timeOf })
    let bodies: string[] = []
    for await (const { body } of log.read(null, never)) bodies.push(body)
    const entries = bodies.length
    const rate = async (run: () => Promise<unknown>) => entries / (await timed(run))
    const parse = await rate(async () => {
      for (const body of bodies) JSON.parse(body)
    })
    bodies = []
    const read = await rate(async () => {
      for await (const stored of log.read(null, never)) void stored
    })
    const decode = await rate(async () => {
      for await (const stored of log.read(null, never)) decodeEntry(stored)
    })
    const fold = await rate(() => openRunner(log, join(data, 'none'), openRoom()))
    await log.close()
    return { entries, parse, read, decode, fold }
  },

  /** Milliseconds until a hub's core is open: everything it does with its journal is in it. */
  async start({ data, snapshot }: { readonly data: string; readonly snapshot: boolean }) {
    if (!snapshot) rmSync(join(data, 'snapshots'), { recursive: true, force: true })
    const parts = await loadParts()
    const loaded = loadConfig('site: bench\nhub: bench\n', 'infra.yaml', parts.config)
    if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'))
    const began = performance.now()
    const core = await openCore({ parts, config: loaded.config, data, version: 'bench' })
    const took = performance.now() - began
    await core.close('the bench has seen enough')
    return took
  },
}
export type FoldAnswers = typeof answers

serve(answers)
