import { Worker } from 'node:worker_threads'
import { lookAtHeads, type HeadsTask, type PublishedHead } from './heads.ts'
import { scanFile, type Scan, type ScanTask } from './scan.ts'

/** What a folder's verification takes that can be done side by side: it is taken in this order. */
export interface Work {
  readonly scans: readonly ScanTask[]
  readonly heads: readonly HeadsTask[]
}

/** What came of it, each in the order of its tasks. */
export interface Done {
  readonly scans: readonly Scan[]
  readonly heads: readonly PublishedHead[]
}

/** What the threads have in common. */
export interface Shared extends Work {
  /** The number of the next task that nobody has taken yet, those of `heads` behind those of `scans`: one cell. */
  readonly next: Int32Array
}

/** What one thread has done, by the numbers of the tasks. */
interface Share {
  readonly scans: readonly (readonly [task: number, scan: Scan])[]
  readonly heads: readonly (readonly [task: number, heads: readonly PublishedHead[]])[]
}

/** Does it in this thread and in `threads - 1` others. */
export async function workOff(work: Work, threads: number): Promise<Done> {
  const { scans, heads } = work
  const shared = { ...work, next: new Int32Array(new SharedArrayBuffer(4)) }
  const count = Math.max(0, Math.min(threads, scans.length + heads.length) - 1)
  const others = Array.from({ length: count }, () => begin(shared))
  const shares = [workShare(shared), ...(await Promise.all(others))]
  const scanned = new Map(shares.flatMap((share) => share.scans))
  const looked = new Map(shares.flatMap((share) => share.heads))
  return {
    scans: scans.flatMap((_, i) => scanned.get(i) ?? []),
    heads: heads.flatMap((_, i) => looked.get(scans.length + i) ?? []),
  }
}

/** Does one task after the other, each that nobody else has taken. */
export function workShare({ scans, heads, next }: Shared): Share {
  const scanned: (readonly [number, Scan])[] = []
  const looked: (readonly [number, readonly PublishedHead[]])[] = []
  for (;;) {
    const number = Atomics.add(next, 0, 1)
    const scan = scans[number]
    const some = heads[number - scans.length]
    if (scan !== undefined) scanned.push([number, scanFile(scan)])
    else if (some !== undefined) looked.push([number, lookAtHeads(some)])
    else return { scans: scanned, heads: looked }
  }
}

/** 4 MB: what a line leaves behind is gone with the next, so more would only be memory that a thread holds. */
const youngMb = 4

function begin(shared: Shared): Promise<Share> {
  const worker = threadOf(shared)
  const share = new Promise<Share>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('a thread that scans has ended without a result')))
  })
  share.catch(() => {}) // whoever waits for all of them is told; until then nobody waits
  return share
}

function threadOf(shared: Shared): Worker {
  const options = { workerData: shared, resourceLimits: { maxYoungGenerationSizeMb: youngMb } }
  const isSource = import.meta.url.endsWith('.ts')
  // built, this stands in dist/parts: build.mjs
  const path = isSource ? './scan-thread.ts' : '../witness/audit/scan-thread.js'
  return new Worker(new URL(path, import.meta.url), options)
}
