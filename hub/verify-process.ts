import { verifyJournal } from './offline.ts'

// Verification in a process of its own: hashing the whole journal must not delay a press. Started by verify.ts.
const [, , data = ''] = process.argv
const verdict = await verifyJournal(data)
process.send?.(verdict)
