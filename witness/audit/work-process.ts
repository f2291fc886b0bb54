import { doTask, type Task } from './task.ts'

// Does a part of a verification in a process of its own, and the next, until whoever started it lets go. Started by parallel.ts.
process.on('message', (task: Task) => process.send?.(doTask(task)))
