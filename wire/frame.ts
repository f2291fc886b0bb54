/** What a stream's framing found: one frame, or why a piece of the stream was none. */
export type Frame =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly detail: string }

/** Cuts a stream into frames as its chunks come in; holds no more than one frame's largest size. */
export interface Deframer<Found = Frame> {
  push(chunk: Buffer): readonly Found[]
  /** The stream ended: what was cut off in the middle of a frame, or null. */
  end(): { readonly ok: false; readonly detail: string } | null
}

/** Bytes of a frame that is not complete yet, at most `maxBytes` of them. */
export class Partial {
  readonly #maxBytes: number
  /** Grows by doubling: most frames are small. */
  #store = Buffer.allocUnsafe(256)
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#size
  }

  /** False, and nothing added, where it would become more than `maxBytes`. */
  add(bytes: Buffer, from: number, to: number): boolean {
    const size = this.#size + to - from
    if (size > this.#maxBytes) return false
    if (size > this.#store.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(size, size * 2)))
      this.#store.copy(grown, 0, 0, this.#size)
      this.#store = grown
    }
    bytes.copy(this.#store, this.#size, from, to)
    this.#size = size
    return true
  }

  /** Whether what is held ends with these bytes. */
  endsWith(end: Uint8Array): boolean {
    const from = this.#size - end.length
    return from >= 0 && this.#store.subarray(from, this.#size).equals(end)
  }

  /** A copy of what is held; holds nothing after. */
  take(): Buffer {
    const taken = Buffer.from(this.#store.subarray(0, this.#size))
    this.#size = 0
    return taken
  }

  clear(): void {
    this.#size = 0
  }
}
