import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { join } from 'node:path'
import { median } from './numbers.ts'
import { fixed } from './table.ts'

/** Says on what the numbers were made: cores, versions, the disk, and what else was going on. */
export function printMachine(folder: string): void {
  const path = join(folder, `bench-disk-${process.pid}`)
  const fd = openSync(path, 'w')
  const times: number[] = []
  const line = Buffer.alloc(1024, 'x')
  for (let i = 0; i < 300; i++) {
    writeSync(fd, line)
    const began = performance.now()
    fdatasyncSync(fd)
    times.push(performance.now() - began)
  }
  closeSync(fd)
  rmSync(path)
  console.log(
    `${cpus().length} cores shared by sender, hub and kernel; Node ${process.version}; ${process.platform} ${release().split('.').slice(0, 2).join('.')}; ` +
      `fdatasync of 1 KiB p50 ${fixed(median(times), 3)} ms; load before ${loadavg()
        .map((load) => fixed(load, 2))
        .join(' ')}\n`,
  )
}
