/**
 * A parser of what comes from outside, for `npm run test:fuzz`: a folder's `fuzz.contract.ts` exports its `targets`, and the
 * runner (test/fuzz.ts) finds every file of that name.
 */
export interface FuzzTarget {
  readonly name: string
  /** Inputs that are good, or nearly: most of what is tried is made of them. */
  readonly seeds: readonly (Buffer | string)[]
  /**
   * A parser as one connection has it: it takes all inputs of a run, one after the other, so that what it keeps shows. MUST NOT
   * throw, whatever the bytes are; it throws where a promise of the parser does not hold.
   */
  open(): (bytes: Buffer) => void
}
