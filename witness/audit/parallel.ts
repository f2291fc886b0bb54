import { setImmediate } from 'node:timers/promises'
import { OtherProcess } from './other-process.ts'
import { doTask, type Done, type Task } from './task.ts'

// Processes and not threads: every hash that a process takes counts the uses of one object of OpenSSL's, so two threads that
// do nothing but hash are hardly faster than one.

/** So many tasks of heads are as much work as a file is. */
const headsLikeFile = 12

/** What came of the tasks, in their order: they are done in this process and in at most `processes - 1` others. */
export async function workOff(tasks: readonly Task[], processes: number): Promise<readonly Done[]> {
  const done: Done[] = []
  const left = tasks.entries()
  /** Does one after the other, each that nobody else has taken. */
  const takeTurns = async (work: (task: Task) => Promise<Done>) => {
    for (const [number, task] of left) done[number] = await work(task)
  }
  const others = Array.from({ length: helpersFor(tasks, processes) }, () => new OtherProcess())
  try {
    // two turns: while it does one task, the next is on its way
    const theirs = others
      .flatMap((other) => [other, other])
      .map((other) =>
        // what it could not do is done here: so a fault of a file is told as if there were no others
        takeTurns((task) => other.do(task).catch(() => doHere(task))),
      )
    await Promise.all([...theirs, takeTurns(doHere)])
  } finally {
    for (const other of others) other.end()
  }
  return done
}

/** As many as have a file's work each, beside this process: to start one takes as long as some thousand lines. */
function helpersFor(tasks: readonly Task[], processes: number): number {
  const files = tasks.filter((task) => 'scan' in task).length
  const worth = Math.floor(files + (tasks.length - files) / headsLikeFile)
  return Math.max(0, Math.min(processes, worth) - 1)
}

async function doHere(task: Task): Promise<Done> {
  const done = doTask(task)
  await setImmediate() // the others are heard, and given more
  return done
}
