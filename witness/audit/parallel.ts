import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { scanFile, type Scan, type ScanTask } from './scan.ts'

/** Scans files, in their order, in so many processes; in this one where it is 1. */
export async function scanFiles(
  tasks: readonly ScanTask[],
  processes: number,
): Promise<readonly Scan[]> {
  if (processes < 2 || tasks.length < 2) return tasks.map(scanFile)
  const results = new Map<ScanTask, Scan>()
  const waiting = [...tasks]
  const run = async (): Promise<void> => {
    const file = import.meta.url.endsWith('.ts') ? './scan-process.ts' : './scan-process.js'
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), { serialization: 'advanced' })
    try {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift())
        results.set(task, await ask(child, task))
    } finally {
      child.disconnect()
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, tasks.length) }, run))
  return tasks.flatMap((task) => results.get(task) ?? [])
}

function ask(child: ChildProcess, task: ScanTask): Promise<Scan> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`the process that reads ${task.file} has ended`))
    child.once('exit', gone)
    child.once('message', (scan) => {
      child.off('exit', gone)
      resolve(scan as Scan) // from scan-process.ts, which sends nothing else
    })
    child.send(task)
  })
}
