import { answerOnce } from './apart.ts'
import { baseUpTo, type BaseTask } from './seal/trim.ts'

// What is to stand in the place of entries that are trimmed, folded in a process of its own. Started by retention.ts.
answerOnce((task: BaseTask) => baseUpTo(task))
