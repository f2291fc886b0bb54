import { scanFile, type ScanTask } from './scan.ts'

// Scans what it is told to, in a process of its own. Started by parallel.ts.
process.on('message', (task: ScanTask) => process.send?.(scanFile(task)))
