import type { Durability, Position } from '../log.ts'
import { positionOf } from './position.ts'
import { frame } from './record.ts'
import type { Mark } from './scan.ts'

/** One call of `append` that waits for its end. */
export interface Call {
  readonly bodies: readonly string[]
  readonly durability: Durability
  resolve(positions: readonly Position[]): void
  reject(error: Error): void
}

/** 4,096 lines: at some hundred bytes each about 1 MiB, so that no caller waits for an endless write. */
const maxCommitLines = 4096

/** Calls that are written together, in order. */
export interface Commit {
  readonly calls: readonly Call[]
  readonly bytes: Buffer
  /** Up to here it may be seen as soon as it is written: no durable call before. */
  readonly ready: Mark
  readonly end: Mark
  readonly first: number
}

/** Takes the oldest of the first `limit` calls out of `queue`: at most {@link maxCommitLines}, or one larger call alone. */
export function takeCalls(queue: Call[], limit: number): Call[] {
  let lines = 0
  let count = 0
  for (const { bodies } of queue) {
    lines += bodies.length
    if (count === limit || (count > 0 && lines > maxCommitLines)) break
    count++
  }
  return queue.splice(0, count)
}

/** Builds what is written for `calls` after `from` (`from.seq`: the newest line's number): one string, one buffer. */
export function commitOf(calls: readonly Call[], from: Mark): Commit {
  let { seq } = from
  let text = ''
  let ready: Mark | null = null
  for (const { bodies, durability } of calls) {
    if (ready === null && durability === 'durable')
      ready = { seq, offset: from.offset + Buffer.byteLength(text) }
    for (const body of bodies) text += frame(body)
    seq += bodies.length
  }
  const bytes = Buffer.from(text)
  const end = { seq, offset: from.offset + bytes.length }
  return { calls, bytes, ready: ready ?? end, end, first: from.seq + 1 }
}

/** Tells those calls of a commit that are of this class where their lines are. */
export function resolveCalls(commit: Commit, durability: Durability): void {
  let seq = commit.first
  for (const call of commit.calls) {
    if (call.durability === durability)
      call.resolve(call.bodies.map((_, index) => positionOf(seq + index)))
    seq += call.bodies.length
  }
}
