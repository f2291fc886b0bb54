import { createHash, hash, verify } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { keepYoungSmall } from '../cli/young.ts'
import type { Instant } from '../intents/id.ts'
import { auditFolder } from '../witness/audit/folder.ts'
import { parseCheckpoint } from '../witness/check/checkpoint.ts'
import { parsePolicy } from '../witness/check/policy.ts'
import { parseVkey } from '../witness/check/vkey.ts'
import { batchLines, publish, seal, signHead } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { newKey, parseKey } from '../witness/sign/key.ts'
import { serve } from './program.ts'

// What is done with a sealed record: made, hashed, verified. In a process of its own, so that its memory is its own.

/** What something took. */
export interface Took {
  readonly seconds: number
  /** Of the processor, all threads, user and system. */
  readonly cpuSeconds: number
}

async function took(run: () => unknown): Promise<Took> {
  const before = process.cpuUsage()
  const began = performance.now()
  await run()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return { seconds, cpuSeconds: (user + system) / 1e6 }
}

const plus = (a: Took, b: Took): Took => ({
  seconds: a.seconds + b.seconds,
  cpuSeconds: a.cpuSeconds + b.cpuSeconds,
})
const nothing: Took = { seconds: 0, cpuSeconds: 0 }

/** The lines' files, a megabyte at a time. */
function* chunksOf(folder: string): Generator<{ readonly isFirst: boolean; bytes: Buffer }> {
  const segments = join(folder, 'segments')
  const chunk = Buffer.alloc(1024 * 1024)
  for (const name of readdirSync(segments)) {
    const fd = openSync(join(segments, name), 'r')
    let isFirst = true
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
      yield { isFirst, bytes: chunk.subarray(0, read) }
      isFirst = false
    }
    closeSync(fd)
  }
}

/** When the first entry was made; a press every 40 ms. Milliseconds since the epoch. */
const first = 1_795_000_000_000

const answers = {
  /**
   * Seals so many entries, as hubs record them, in batches, each with a signed head. Answers with what the sealing of all
   * took, the heads apart, and what the least took: to hash each line once, and to write and sync the same bytes.
   */
  async make({ folder, entries }: { readonly folder: string; readonly entries: number }) {
    // only here: a verifier has no journal, and its memory is looked at
    const { bodyWriter, life } = await import('./journal.ts')
    const signer = parseKey(newKey('bench.example/journal', 'log'))
    const store = new SealStore(folder)
    writeFileSync(join(folder, 'log.vkey'), signer.vkey)
    const bodies = bodyWriter('bench')
    const fd = openSync(join(folder, 'floor'), 'w')
    let waiting: string[] = []
    let press = 0
    const times = { sealed: nothing, signed: nothing, least: nothing, bytes: 0 }
    while (store.size < entries) {
      while (waiting.length < batchLines) {
        const at = (first + press * 40) as Instant // a time in milliseconds
        waiting.push(...bodies(life(press++, at), at))
      }
      const from = store.size
      const count = Math.min(batchLines, entries - from)
      const batch = waiting.slice(0, count).map((body, i) => ({ rid: String(from + i + 1), body }))
      waiting = waiting.slice(count)
      times.sealed = plus(times.sealed, await took(() => seal(store, batch)))
      times.signed = plus(
        times.signed,
        await took(() => publish(store, signHead(store, signer), [])),
      )
      const text = batch.map(({ body }) => body).join('\n')
      times.bytes += text.length
      times.least = plus(
        times.least,
        await took(() => {
          for (const { body } of batch) hash('sha256', body, 'base64')
          writeSync(fd, text)
          fdatasyncSync(fd)
        }),
      )
    }
    closeSync(fd)
    store.close()
    return times
  },

  /** Hashes the lines' files once, and nothing else. */
  hash: (folder: string) =>
    took(() => {
      let sum = createHash('sha256')
      for (const { isFirst, bytes } of chunksOf(folder)) {
        if (isFirst) sum = createHash('sha256')
        sum.update(bytes)
      }
      sum.digest()
    }),

  /**
   * What no verification with this runtime's cryptography can do without, and nothing else: a hash a line, a hash a node of
   * the tree, a signature a head. What a chunk ends within counts as a line.
   */
  least: (folder: string) =>
    took(() => {
      const node = new Uint8Array(65)
      for (const { bytes } of chunksOf(folder)) {
        let from = 0
        for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
          hash('sha256', bytes.subarray(from, end), 'latin1' as 'hex') // it takes any encoding
          hash('sha256', node, 'latin1' as 'hex')
          from = end + 1
        }
      }
      const { note } = parseCheckpoint(readFileSync(join(folder, 'checkpoint')))
      const { key } = parseVkey(readFileSync(join(folder, 'log.vkey'), 'utf8'))
      const text = Buffer.from(note.text)
      const [signature] = note.signatures
      for (const _ of readdirSync(join(folder, 'checkpoints')))
        if (signature === undefined || !verify(null, text, key, signature.bytes))
          throw new Error('the newest head is not signed')
    }),

  /** Verifies the lines and every head. `memory`: the most that the process ever had, MB. */
  async verify({ folder, strict, threads }: Verification) {
    const policy = parsePolicy(`log ${readFileSync(join(folder, 'log.vkey'), 'utf8')}\nquorum none`)
    let heads = 0
    keepYoungSmall()
    const time = await took(async () => {
      const verdict = await auditFolder(folder, { policy, strict, threads, heads: [] })
      if (!verdict.ok) throw new Error(verdict.detail)
      ;({ heads } = verdict)
    })
    return { ...time, heads, memory: process.resourceUsage().maxRSS / 1024 }
  },
}
export type SealAnswers = typeof answers

export interface Verification {
  readonly folder: string
  readonly strict: boolean
  readonly threads: number
}

serve(answers)
