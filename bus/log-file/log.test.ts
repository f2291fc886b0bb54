import { logContract } from '../log.contract.ts'
import { openFileLog } from './log.ts'
import { newFolder, timeOf } from './try.fixture.ts'

logContract('file', async (t) => openFileLog(newFolder(t), { timeOf }))
// so small that every other line begins a new file
logContract('file, in tiny segments', async (t) =>
  openFileLog(newFolder(t), { timeOf, segmentBytes: 40 }),
)
