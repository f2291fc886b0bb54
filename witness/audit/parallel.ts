import { Worker } from 'node:worker_threads'
import { scanFile, type Scan, type ScanTask } from './scan.ts'

/** What the threads have in common. */
export interface Shared {
  readonly tasks: readonly ScanTask[]
  /** The number of the next task that nobody has taken yet: one cell. */
  readonly next: Int32Array
}

/** What one thread has scanned, by the number of the task. */
type Share = readonly (readonly [task: number, scan: Scan])[]

/** Scans files in this thread and in `threads - 1` others. Resolves with all scans in the order of their tasks. */
export async function scanAll(
  tasks: readonly ScanTask[],
  threads: number,
): Promise<readonly Scan[]> {
  const shared = { tasks, next: new Int32Array(new SharedArrayBuffer(4)) }
  const count = Math.max(0, Math.min(threads, tasks.length) - 1)
  const others = Array.from({ length: count }, () => begin(shared))
  const own = scanShare(shared)
  const scans = new Map([...own, ...(await Promise.all(others)).flat()])
  return tasks.flatMap((_, i) => scans.get(i) ?? [])
}

/** Scans one file after the other, each that nobody else has taken. */
export function scanShare({ tasks, next }: Shared): Share {
  const share: (readonly [number, Scan])[] = []
  for (;;) {
    const number = Atomics.add(next, 0, 1)
    const task = tasks[number]
    if (task === undefined) return share
    share.push([number, scanFile(task)])
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
  const file = new URL(path, import.meta.url)
  if (!isSource) return new Worker(file, options)
  // run from its source, a thread must be taught TypeScript first: it does not take that over from its process
  const teach = `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))})`
  const run = `${teach}.then(({ register }) => (register(), import(${JSON.stringify(file.href)})))`
  return new Worker(run, { ...options, eval: true })
}
