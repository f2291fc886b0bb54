import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Disk, realDisk } from './disk.ts'

/** An empty journal folder that is gone after the test. */
export function newFolder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'journal-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** The stamp of a body that `body()` of the contract suite made. */
export function timeOf(body: string): number {
  const { at } = JSON.parse(body) as { at: number } // our own
  return at
}

/** One system call on the log's file, as it was asked for. */
type DiskCall = 'write' | 'fdatasync' | 'truncate'

export interface GatedDisk extends Disk {
  readonly calls: readonly DiskCall[]
  /** From now on such calls wait until they are let go; by default none waits. */
  hold(call: DiskCall): void
  /** Resolves once such a call waits. */
  arrived(call: DiskCall): Promise<void>
  /** Lets the oldest waiting call of this kind go, to its end or into `error`; waits until there is one. */
  let(call: DiskCall, error?: NodeJS.ErrnoException): Promise<void>
  /** No more holding; lets all go. */
  release(call: DiskCall): void
}

/** A disk error as Node reports it. */
export function diskError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: as if the disk had said so`), { code })
}

/** The real disk behind gates, so that a test decides in which order things end, and how. */
export function gatedDisk(): GatedDisk {
  const calls: DiskCall[] = []
  const held = new Set<DiskCall>()
  const waiting = new Map<DiskCall, ((error?: Error) => void)[]>()
  const arrivals = new Map<DiskCall, (() => void)[]>()

  const pass = (call: DiskCall) => {
    calls.push(call)
    if (!held.has(call)) return Promise.resolve()
    return new Promise<void>((resolve, reject) => {
      const gate = (error?: Error) => (error === undefined ? resolve() : reject(error))
      waiting.set(call, [...(waiting.get(call) ?? []), gate])
      for (const arrived of arrivals.get(call)?.splice(0) ?? []) arrived()
    })
  }
  const arrived = async (call: DiskCall) => {
    if ((waiting.get(call) ?? []).length > 0) return
    await new Promise<void>((resolve) => {
      arrivals.set(call, [...(arrivals.get(call) ?? []), resolve])
    })
  }
  return {
    calls,
    hold: (call) => void held.add(call),
    arrived,
    async let(call, error) {
      await arrived(call)
      waiting.get(call)?.shift()?.(error)
    },
    release(call) {
      held.delete(call)
      for (const gate of waiting.get(call)?.splice(0) ?? []) gate()
    },
    async write(fd, bytes, from, position) {
      await pass('write')
      return realDisk.write(fd, bytes, from, position)
    },
    async fdatasync(fd) {
      await pass('fdatasync')
      return realDisk.fdatasync(fd)
    },
    async truncate(fd, length) {
      await pass('truncate')
      return realDisk.truncate(fd, length)
    },
  }
}
