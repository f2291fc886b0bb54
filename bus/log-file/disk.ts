import { fdatasync, ftruncate, write } from 'node:fs'

/** The three system calls that decide whether a line is kept; tests put faults and counters in their place. */
export interface Disk {
  /** pwrite(2): how many bytes of `bytes` from `from` on were written at `position`; may be fewer than asked. */
  write(fd: number, bytes: Buffer, from: number, position: number): Promise<number>
  fdatasync(fd: number): Promise<void>
  truncate(fd: number, length: number): Promise<void>
}

/**
 * The operating system's. The writes are asynchronous although a synchronous one would be 20 µs faster: a disk that is
 * slow to take bytes must not stop the event loop, and with it every device.
 */
export const realDisk: Disk = {
  write: (fd, bytes, from, position) =>
    new Promise((resolve, reject) => {
      write(fd, bytes, from, bytes.length - from, position, (error, written) => {
        if (error) reject(error)
        else resolve(written)
      })
    }),
  fdatasync: (fd) =>
    new Promise((resolve, reject) => {
      fdatasync(fd, (error) => {
        if (error) reject(error)
        else resolve()
      })
    }),
  truncate: (fd, length) =>
    new Promise((resolve, reject) => {
      ftruncate(fd, length, (error) => {
        if (error) reject(error)
        else resolve()
      })
    }),
}

/** The system's name of a failure, `ENOSPC`; empty for what is not a system error. */
export function errno(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : ''
}
