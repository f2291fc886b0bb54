import type { Durability, Position } from '../log.ts'
import { positionOf } from './position.ts'
import { recordBytes, writeRecord } from './record.ts'
import type { Mark } from './scan.ts'

/** One call of `append` that waits for its end. */
export interface Call {
  /** Empty once {@link commitOf} has made bytes of them: a call waits for the disk, and its text need not. */
  bodies: readonly string[]
  readonly lines: number
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
  for (const call of queue) {
    lines += call.lines
    if (count === limit || (count > 0 && lines > maxCommitLines)) break
    count++
  }
  return queue.splice(0, count)
}

/** Builds what is written for `calls` after `from` (`from.seq`: the newest line's number): one buffer. */
export function commitOf(calls: readonly Call[], from: Mark): Commit {
  let length = 0
  for (const { bodies } of calls) for (const body of bodies) length += recordBytes(body)
  const bytes = Buffer.allocUnsafeSlow(length)
  let { seq } = from
  let at = 0
  let ready: Mark | null = null
  for (const call of calls) {
    if (ready === null && call.durability === 'durable') ready = { seq, offset: from.offset + at }
    for (const body of call.bodies) at = writeRecord(bytes, at, body)
    seq += call.lines
    call.bodies = []
  }
  const end = { seq, offset: from.offset + bytes.length }
  return { calls, bytes, ready: ready ?? end, end, first: from.seq + 1 }
}

/** Tells those calls of a commit that are of this class where their lines are. */
export function resolveCalls(commit: Commit, durability: Durability): void {
  let seq = commit.first
  for (const call of commit.calls) {
    if (call.durability === durability) call.resolve(positions(seq, call.lines))
    seq += call.lines
  }
}

function positions(first: number, lines: number): readonly Position[] {
  const all: Position[] = []
  for (let seq = first; seq < first + lines; seq++) all.push(positionOf(seq))
  return all
}
