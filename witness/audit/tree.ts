import { charsOf, Node, type Peaks } from './peaks.ts'

/** The Merkle tree over leaves that come one after the other (RFC 6962, section 2.1): one node a level, written in place. */
export class Tree {
  /** How many leaves there are. */
  count = 0
  readonly #nodes: Node[] = []
  /** Whether the left half of a level's node waits there for the right one. */
  readonly #waits: boolean[] = []

  /** The next subtree, of `2 ** level` leaves; `count` MUST be a multiple of that. */
  add(level: number, subtree: string): void {
    this.count += level === 0 ? 1 : 2 ** level
    let hash = subtree
    let at = level
    for (; this.#waits[at] === true; at++) {
      const node = this.#nodeOf(at)
      node.right(hash)
      hash = node.hash()
      this.#waits[at] = false
    }
    this.#nodeOf(at).left(hash)
    this.#waits[at] = true
  }

  #nodeOf(level: number): Node {
    return (this.#nodes[level] ??= new Node())
  }

  /** The subtrees that the leaves make up. */
  peaks(): Peaks {
    let hashes = ''
    for (const [level, isWaiting] of this.#waits.entries())
      if (isWaiting) hashes = charsOf(this.#nodeOf(level).leftHalf()) + hashes
    return { count: this.count, hashes }
  }
}
