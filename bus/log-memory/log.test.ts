import { logContract } from '../log.contract.ts'
import { openMemoryLog } from './log.ts'

logContract('memory', async () => openMemoryLog())
