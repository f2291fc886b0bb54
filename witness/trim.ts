// What a record itself says that was trimmed off its beginning: a chain may begin there in its middle, and nowhere else.

/** An entry that says how far the record was cut, and where each hub's chain was then. */
export interface RecordedTrim {
  /** The newest entry that was cut off. */
  readonly upTo: string
  readonly tips: readonly { readonly hub: string; readonly hseq: number; readonly head: string }[]
}

/** What `event` says that was trimmed; null where it is something else. It is attacker-controlled. */
export function trimIn(event: unknown): RecordedTrim | null {
  if (typeof event !== 'object' || event === null) return null
  if (!('type' in event && 'upTo' in event && 'tips' in event)) return null
  const { type, upTo, tips } = event
  if (type !== 'LogTrimmed' || typeof upTo !== 'string' || !Array.isArray(tips)) return null
  return tips.every(isTip) ? { upTo, tips } : null
}

/** A chain that begins in its middle. */
export interface LateBeginning {
  readonly hub: string
  /** Of the first of its entries that is there. */
  readonly hseq: number
  readonly hprev: string
}

/** Whether the chain goes on right where it was when the record was cut, in a record whose first entry is at `first`. */
export function isTrimmed(
  { upTo, tips }: RecordedTrim,
  { hub, hseq, hprev }: LateBeginning,
  first: string,
): boolean {
  const tip = tips.find((one) => one.hub === hub)
  return tip?.hseq === hseq - 1 && tip.head === hprev && follows(first, upTo)
}

/** Numbers without a gap; of ids of a server it is not known which come next. */
function follows(first: string, upTo: string): boolean {
  const number = /^\d{1,15}$/
  return number.test(first) && number.test(upTo) ? Number(first) === Number(upTo) + 1 : true
}

function isTip(value: unknown): value is RecordedTrim['tips'][number] {
  return (
    typeof value === 'object' &&
    value !== null &&
    'hub' in value &&
    'hseq' in value &&
    'head' in value &&
    typeof value.hub === 'string' &&
    typeof value.hseq === 'number' &&
    typeof value.head === 'string'
  )
}
