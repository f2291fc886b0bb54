/** What `infra doctor` has found. */
export interface Finding {
  readonly name: string
  /** `missing`: something does not work without it; `optional`: it is only nice to have. */
  readonly state: 'ok' | 'optional' | 'missing'
  readonly detail: string
  /** How to get it; null where nothing is missing. */
  readonly fix: string | null
}
