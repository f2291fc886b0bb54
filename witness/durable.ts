import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Puts `content` in place of a file's, all or nothing, and on the disk before it returns. */
export function writeDurably(path: string, content: string, mode = 0o644): void {
  const aside = `${path}.new`
  const fd = openSync(aside, 'w', mode)
  try {
    fchmodSync(fd, mode) // before there is anything in it: a crash may have left one with another
    writeWhole(fd, Buffer.from(content), 0)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(aside, path)
  syncFolder(dirname(path))
}

/** Writes all of it: a disk that is nearly full takes a part, and says so only by how much that was. */
export function writeWhole(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, at + done)
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
