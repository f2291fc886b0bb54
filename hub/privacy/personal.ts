import { randomBytes } from 'node:crypto'
import type { Beside, Sidecar } from '../../bus/log.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { IntentId } from '../../intents/id.ts'
import type { Intent, Submission } from '../../intents/intent.ts'
import { isObject, sameJson, type Json } from '../../intents/json.ts'
import {
  commitmentIn,
  commitmentMember,
  commitmentOf,
  disclosedValue,
  disclosureText,
  saltBytes,
} from '../../witness/commitment.ts'
import type { Canonical } from '../../witness/canonical.ts'

// What is personal never enters the journal: a commitment stands there in its place, and salt and value are kept beside the
// log, where they can be erased.

/** What of a value is personal: all of it, or members of these names. */
type Marked = 'all' | ReadonlySet<string>

/** What takes the place of personal text in one recording. */
export interface Cover {
  /** Its intent as it is recorded; `parts`: what it stands for. */
  submission(submission: Submission, parts: readonly Intent[]): Submission
  event(event: BusEvent): BusEvent
  /** A failure's text without what was covered. */
  failure(failure: Failure): Failure
  /** What is to be kept beside it; undefined for nothing. */
  beside(): Beside | undefined
}

export interface Personal {
  /** null where the config calls nothing personal, and nothing needs to be looked at. */
  cover(): Cover | null
  /** What a device or its link led to, as it is recorded; `recorded`: an intent as it stands in the journal. */
  guarded(
    events: readonly BusEvent[],
    recorded: (id: IntentId) => Intent | undefined,
  ): { readonly events: readonly BusEvent[]; readonly beside: Beside | undefined }
  /** With each commitment replaced by its value; null where one of them is erased. */
  reveal<Value>(value: Value): Value | null
  /**
   * A lasting value that is sent again is recorded as it was before, `recorded`, so that there is one to erase. undefined:
   * that was another, or nothing personal; null: it is erased.
   */
  again(recorded: Json | undefined, value: Json): Json | null | undefined
  /** The members of which nothing is erased, with their values. */
  revealAll<Key>(values: ReadonlyMap<Key, Json>): ReadonlyMap<Key, Json>
  /** The same for people: what is erased reads {@link redactedText}. */
  show<Value>(value: Value): Value
}

/** What stands where personal text was erased. */
const redactedText = '[redacted]'

/** A part of a failure's text that is too short to say anything of anybody. Characters. */
const tellingCharacters = 3

export function openPersonal(config: () => Config, sidecar: Sidecar | undefined): Personal {
  /** Looked at once for each config. */
  let known: { readonly config: Config; readonly isMarked: boolean } | null = null
  const isMarked = () => {
    const now = config()
    if (known?.config !== now) known = { config: now, isMarked: hasRules(now) }
    return known.isMarked
  }
  const find = (key: string) => valueOf(sidecar, key)
  const cover = () => (sidecar !== undefined && isMarked() ? newCover(config()) : null)
  const reveal: Personal['reveal'] = (value) => revealed(value, find)

  /** A device may say in a failure what it was sent. */
  function guardedFailure(event: BusEvent, recorded: (id: IntentId) => Intent | undefined) {
    if (event.type !== 'AttemptFailed' && event.type !== 'IntentEnded') return event
    const { failure } = event
    if (failure === null) return event
    const texts = commitmentsIn(recorded(event.intent)).flatMap((key) => textsIn(find(key) ?? null))
    return { ...event, failure: without(failure, texts) } as BusEvent // the same but for its text
  }

  return {
    cover,
    guarded(events, recorded) {
      if (sidecar === undefined || (sidecar.size() === 0 && !isMarked()))
        return { events, beside: undefined }
      const mine = cover()
      const safe = events.map((event) => guardedFailure(mine?.event(event) ?? event, recorded))
      return { events: safe, beside: mine?.beside() }
    },
    reveal,
    again(recorded, value) {
      if (recorded === undefined || commitmentsIn(recorded).length === 0) return undefined
      const open = reveal({ value: recorded })
      if (open === null) return null
      return sameJson(open.value, value) ? recorded : undefined
    },
    revealAll: (values) =>
      new Map(
        [...values].flatMap(([key, value]) => {
          const open = reveal({ value })
          return open === null ? [] : [[key, open.value] as const]
        }),
      ),
    show: (value) => shown(value, find),
  }
}

/** As people see it, for those who have what is kept beside a log, and no hub. */
export function shownWith<Value>(value: Value, texts: ReadonlyMap<string, string>): Value {
  return shown(value, (key) => valueOf(texts, key))
}

function shown<Value>(value: Value, find: (commitment: string) => Json | undefined): Value {
  return mapped(value as Json, (key) => find(key) ?? redactedText) as Value // of the same shape but for commitments
}

function revealed<Value>(
  value: Value,
  find: (commitment: string) => Json | undefined,
): Value | null {
  let isGone = false
  const open = mapped(value as Json, (key) => {
    const found = find(key)
    isGone ||= found === undefined
    return found ?? null
  })
  return isGone ? null : (open as Value) // of the same shape but for commitments
}

/** All commitments in a value. */
export function commitmentsIn(value: unknown): readonly string[] {
  const found = new Set<string>()
  mapped(value as Json, (key) => {
    found.add(key)
    return null
  })
  return [...found]
}

function valueOf(sidecar: Pick<Sidecar, 'get'> | undefined, key: string): Json | undefined {
  const text = sidecar?.get(key)
  return text === undefined ? undefined : (disclosedValue(text) as Json) // JSON went in
}

/** A copy with each commitment replaced; the value itself where it has none. */
function mapped(value: Json, replace: (commitment: string) => Json): Json {
  if (typeof value !== 'object' || value === null) return value
  const commitment = commitmentIn(value)
  if (commitment !== null) return replace(commitment)
  let isSame = true
  const inner = (item: Json) => {
    const next = mapped(item, replace)
    isSame &&= next === item
    return next
  }
  const next = Array.isArray(value)
    ? value.map(inner)
    : Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(item)]))
  return isSame ? value : next
}

/** Whether it has something that only the hub itself may write: whoever sends it could have a value shown that is not theirs. */
export function isForged(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    Object.hasOwn(value, commitmentMember) || Object.values(value).some((item) => isForged(item))
  )
}

function hasRules({ witness, devices }: Config): boolean {
  if (witness.personal.length > 0) return true
  for (const { rules } of devices.values())
    for (const { personal } of rules.values()) if (personal !== null) return true
  return false
}

function newCover(config: Config): Cover {
  const beside = new Map<string, string>()
  /** By canonical form: what is said twice in one recording is committed to once, and erased at once. */
  const known = new Map<string, Json>()
  const hidden = new Set<string>()

  function committed(value: Json): Json {
    if (value === null || commitmentIn(value) !== null) return value
    const name = JSON.stringify(value)
    const before = known.get(name)
    if (before !== undefined) return before
    const salt = randomBytes(saltBytes)
    const plain = value as Canonical // JSON is
    const commitment = commitmentOf(plain, salt)
    beside.set(commitment, disclosureText(plain, salt))
    for (const text of textsIn(value)) hidden.add(text)
    const object = { [commitmentMember]: commitment }
    known.set(name, object)
    return object
  }

  function covered(value: Json, marked: Marked | null): Json {
    if (marked === null || isEmpty(value)) return value
    if (marked === 'all') return committed(value)
    if (!isObject(value) || commitmentIn(value) !== null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        marked.has(name) ? committed(item) : item,
      ]),
    )
  }

  function intent(intent: Intent, parts: readonly Intent[]): Intent {
    switch (intent.verb) {
      case 'set': {
        const { value } = intent
        return { ...intent, value: covered(value, marksOf(config, intent)) }
      }
      case 'fire':
        return { ...intent, args: covered(intent.args, marksOf(config, intent)) }
      case 'do': {
        const marks = [intent, ...parts].map((part) => marksOf(config, part)).reduce(either, null)
        return { ...intent, args: covered(intent.args, marks) }
      }
      case 'run':
        return { ...intent, args: covered(intent.args, marksOf(config, intent)) }
      case 'cancel':
      case 'hold':
        return intent
      default:
        return intent satisfies never
    }
  }

  return {
    submission: (submission, parts) => ({
      ...submission,
      intent: intent(submission.intent, parts),
    }),
    event(event) {
      if (event.type !== 'DeviceReported') return event
      const { device, path, value } = event
      const marked = marksOf(config, { verb: 'set', device, path, value })
      // what looks like a commitment and is none is a device's own word: it becomes one
      const next = isForged(value) ? committed([value]) : covered(value, marked)
      return next === value ? event : { ...event, value: next }
    },
    failure: (failure) => without(failure, hidden),
    beside: () => (beside.size === 0 ? undefined : beside),
  }
}

/** What of an intent's arguments or value the config calls personal. */
function marksOf({ witness, devices }: Config, intent: Intent): Marked | null {
  const names = new Set(witness.personal)
  if (intent.verb === 'cancel' || intent.verb === 'hold') return null
  if (intent.verb === 'run') return names.size === 0 ? null : names
  const name =
    intent.verb === 'set' ? intent.path : intent.verb === 'fire' ? intent.action : intent.name
  const value = intent.verb === 'set' ? intent.value : intent.args
  if (names.has(name)) return 'all'
  const device = 'device' in intent ? devices.get(intent.device) : undefined
  // of a name that stands for others, and of a device that there is not, any rule may be meant
  const own = (device === undefined ? [...devices.values()] : [device])
    .map(({ rules }) => rules.get(name)?.personal ?? null)
    .reduce(either, null)
  if (own === 'all') return 'all'
  // where the config names arguments and they have no names, any of them may be meant
  if (own !== null && !isObject(value)) return 'all'
  const all = either(names, own)
  return all !== null && all !== 'all' && all.size === 0 ? null : all
}

function either(a: Marked | null, b: Marked | null): Marked | null {
  if (a === null || b === null) return a ?? b
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b])
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** A failure without these texts in what it says. */
function without(failure: Failure, texts: Iterable<string>): Failure {
  let { detail } = failure
  for (const text of texts)
    if (text.length >= tellingCharacters) detail = detail.replaceAll(text, '[personal]')
  return detail === failure.detail ? failure : { ...failure, detail }
}

function textsIn(value: Json | null): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
