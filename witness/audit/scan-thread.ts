import { parentPort, workerData } from 'node:worker_threads'
import { workShare, type Shared } from './parallel.ts'

// Scans in a thread of its own. Started by parallel.ts, which gives it nothing else.
parentPort?.postMessage(workShare(workerData as Shared))
