import { verifyRecord } from './offline.ts'
import type { VerifyAnswer, VerifyTask } from './verify.ts'

// Verification in a process of its own. Started by verify.ts, which sends one task and nothing else.
process.once('message', ({ config, data }: VerifyTask) => {
  void verifyRecord(config, data)
    .then(
      (verdict): VerifyAnswer => ({ verdict }),
      (error: unknown): VerifyAnswer => ({
        detail: error instanceof Error ? error.message : String(error),
      }),
    )
    .then((answer) => process.send?.(answer, () => process.disconnect()))
})
