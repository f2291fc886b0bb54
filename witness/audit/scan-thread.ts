import { parentPort, workerData } from 'node:worker_threads'
import { scanShare, type Shared } from './parallel.ts'

// Scans in a thread of its own. Started by parallel.ts, which gives it nothing else.
parentPort?.postMessage(scanShare(workerData as Shared))
