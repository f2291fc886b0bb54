import { parentPort, workerData } from 'node:worker_threads'
import { verifyJournal } from './offline.ts'

// Verification on a thread of its own: hashing the whole journal must not delay a press.
const { data } = workerData as { readonly data: string } // from verifyInWorker
parentPort?.postMessage(await verifyJournal(data))
