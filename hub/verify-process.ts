import { answerOnce } from './apart.ts'
import { verifyRecord } from './audit/offline.ts'
import type { VerifyTask } from './audit/verify.ts'

// Verification in a process of its own. Started by verify.ts, which sends one task and nothing else.
answerOnce(({ config, data }: VerifyTask) => verifyRecord(config, data))
