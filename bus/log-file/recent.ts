import type { Stored } from '../log.ts'
import { positionOf } from './position.ts'

/** 4,096 lines or 4 Mi characters: a follower that is at most a second behind reads nothing from disk. */
const maxLines = 4096
const maxCharacters = 4 * 1024 * 1024

/** The newest lines written by this process, so that a follower gets them without a read. */
export interface Recent {
  push(seq: number, bodies: readonly string[]): void
  /** The lines from `seq` to `last`; null where `seq` is too old, or from before this process. */
  slice(seq: number, last: number): readonly Stored[] | null
}

export function recentLines(): Recent {
  let bodies: string[] = []
  let first = 0
  let characters = 0
  return {
    push(seq, added) {
      if (bodies.length === 0) first = seq
      for (const body of added) {
        bodies.push(body)
        characters += body.length
      }
      // trimmed to half, so that the copy is paid for once in many pushes
      if (bodies.length <= 2 * maxLines && characters <= 2 * maxCharacters) return
      let drop = Math.max(0, bodies.length - maxLines)
      for (const body of bodies.slice(0, drop)) characters -= body.length
      while (characters > maxCharacters && drop < bodies.length)
        characters -= bodies[drop++]?.length ?? 0
      bodies = bodies.slice(drop)
      first += drop
    },
    slice(seq, last) {
      if (bodies.length === 0 || seq < first) return null
      return bodies
        .slice(seq - first, last + 1 - first)
        .map((body, index) => ({ position: positionOf(seq + index), body }))
    },
  }
}
