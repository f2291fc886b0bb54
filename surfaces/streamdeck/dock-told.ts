// What a dock says of itself and of the deck at it, in its answers: all of it hostile, and of at least 512 bytes.

/** A deck that is plugged into a dock. */
export interface DeckBehind {
  /** Its number at USB. */
  readonly product: number
  /** Where it listens, on the dock's own address. */
  readonly port: number
}

/** The product of a dock, in its answer 0x80: its number at USB, 0xffff for a dock that is nothing else. */
export function productOf(answer: Buffer): number {
  return answer.readUInt16LE(14)
}

/** In the answer 0x1c, and in what it says by itself when one is plugged or pulled; null: there is none. */
export function deckBehindOf(report: Buffer): DeckBehind | null {
  if (report[4] !== 0x02) return null
  return { product: report.readUInt16LE(28), port: report.readUInt16LE(126) }
}

/** The serial number in the answer 0x84, behind its length. */
export function serialOf(answer: Buffer): string {
  return answer.toString('latin1', 4, 4 + (answer[3] ?? 0))
}

/** Eight characters in the answer 0x83. */
export function firmwareOf(answer: Buffer): string {
  return answer.toString('latin1', 8, 16)
}
