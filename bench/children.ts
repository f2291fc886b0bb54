import { readFileSync } from 'node:fs'

// What the processes that this one started take: the kernel says it in /proc, so on Linux alone.

/** Clock ticks a second in /proc, whatever the kernel's own are. */
const ticks = 100

/** Processor time of those that have ended, user and system, seconds. @throws Error where there is no /proc */
export function childSeconds(): number {
  // the name, in parentheses, may have spaces
  const [, fields = ''] = /.*\) (.*)/.exec(readFileSync('/proc/self/stat', 'utf8')) ?? []
  const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number)
  return (user + system) / ticks
}

/** The most memory that each had which is not this process's, too, in sum: the runtime's own code is there once. MB. */
export function childMemory(): number {
  const sizes = children().map((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      const kb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0)
      return kb('VmHWM') - kb('RssFile')
    } catch {
      return 0 // it has just ended
    }
  })
  return sizes.reduce((sum, size) => sum + size, 0) / 1024
}

/** The processes that run and were started by this one. */
export function children(): readonly number[] {
  const list = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim()
  return list === '' ? [] : list.split(' ').map(Number)
}
