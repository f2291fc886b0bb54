import { Worker } from 'node:worker_threads'

/** Ends this process where it hangs, which it cannot see itself, and says in what. */
export interface Watch {
  /** What is tried from now on. */
  name(what: string): void
  /** It goes on. */
  alive(): void
  close(): Promise<number>
}

/** `hangsMs`: so long without a sign it hangs. */
export function openWatch(hangsMs: number): Watch {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     const { writeSync } = require('node:fs')
     let what = ''
     const hangs = () => {
       writeSync(2, \`\${what}: an input is not through after \${workerData} ms\\n\`)
       process.kill(process.pid, 'SIGKILL')
     }
     let timer = setTimeout(hangs, workerData)
     parentPort.on('message', (name) => {
       if (name !== null) what = name
       clearTimeout(timer)
       timer = setTimeout(hangs, workerData)
     })`,
    // without the loader of this process: it would wait for what hangs
    { eval: true, workerData: hangsMs, execArgv: [] },
  )
  return {
    name: (what) => worker.postMessage(what),
    alive: () => worker.postMessage(null),
    close: () => worker.terminate(),
  }
}
