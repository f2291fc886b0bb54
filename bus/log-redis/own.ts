import type { Entry } from './entry.ts'

/** More than can be on their way: one commit is under way at a time, and a follower is at most one or two behind. */
const most = 4

/**
 * The newest commits of this process, as they were given to the server. They come back as they went (only their writer
 * can have made their tag), and to decode them again is what a follower would spend most of its time on. Who changes one
 * on the server is found by whoever reads it there (`infra witness verify`).
 */
export class OwnCommits {
  readonly #newest: { tag: string; bytes: number; bodies: readonly string[] }[] = []

  add(tag: string, value: Buffer, bodies: readonly string[]): void {
    this.#newest.push({ tag, bytes: value.length, bodies })
    if (this.#newest.length > most) this.#newest.shift()
  }

  /** The bodies of an entry that is one of these; undefined for any other. */
  bodiesOf({ tag, value }: Entry): readonly string[] | undefined {
    return this.#newest.find((one) => one.tag === tag && one.bytes === value.length)?.bodies
  }
}
