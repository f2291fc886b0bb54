/** Something of an export that has no counterpart here, or not a whole one. */
export interface Gap {
  /** Where it is there: `page 1, row 0, column 2 (CUT)`. */
  readonly place: string
  /** What of it: `press, action 2 (set_page)`. */
  readonly what: string
  /** Why, and what to do where that is known. */
  readonly why: string
}

/** Where something stands: for the report. */
export interface Spot {
  readonly place: string
  /** `press`, `release`, `step 2, press` … */
  readonly what: string
}
