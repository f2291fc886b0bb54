/** @import { Entry, Heartbeat } from './types.ts' */
import { joined, sha256, textOf, toBytes, toText } from './node.js'
import { canonical, fromBase64, jsonOf } from './trust.js'

// What must be understood of the entries themselves. They are canonical JSON: the time of one stands at a fixed place, and
// behind it the first member of its event. Nearly all are passed over after a look at that.
const entryForm = /^.{63}\d+,"body":\{"at":(\d{13}),"event":\{"(?:(actor|everyMs)")?/s

// Whose entry a line has, and what it says; of one that is none, nothing.
/** @param {Uint8Array} line @returns {Entry} */
function entryOf(line) {
  const { hub, event } = jsonOf(line).said['body'] ?? {}
  return typeof hub === 'string' && event ? { hub, event } : { hub: '', event: {} }
}

// The changes of the log's key, and the first silence although a hub ran: the hub that signs records a heartbeat in time,
// HeadSealed, of which three may be lost. Nothing is said of a log, or of a run of a hub, before its first.
export class Marks {
  changes = /** @type {{ seq: number, event: unknown }[]} */ ([])
  silent = /** @type {string | null} */ (null)
  #beat = /** @type {Heartbeat | null} */ (null) // the newest, and the pause behind it, if any
  #before = /** @type {{ line: Uint8Array, at: number } | null} */ (null)

  /** @param {Uint8Array} line @param {number} seq */
  read(line, seq) {
    const [, digits, first] = entryForm.exec(toText(line.subarray(0, 130), 'latin1')) ?? []
    if (digits === undefined) return
    const [at, before, beat] = [Number(digits), this.#before, this.#beat]
    this.#before = { line, at }
    if (beat !== null && before !== null && at - before.at > 3 * beat.everyMs) {
      const last = entryOf(before.line)
      // two hubs have two clocks, and one that has stopped is not silent
      const isOne = last.hub === beat.hub && entryOf(line).hub === beat.hub && last.event['type'] !== 'HubStopped'
      const [since, until] = [before.at, at].map((time) => new Date(time).toISOString())
      const silence = `nothing was recorded from ${since} to ${until}, before line ${seq}`
      if (isOne) beat.pause ??= `${silence}, although the hub ${beat.hub} ran`
      else this.#beat = null
    }
    if (first === undefined && !beat?.pause) return
    const { hub, event } = entryOf(line)
    const { type, everyMs, upMs } = event
    // it was gone meanwhile: its last run ended without a word, as after a loss of power
    if (type === 'HubStarted' && beat?.pause && beat.hub === hub) this.#beat = null
    if (type === 'KeyChanged' && first === 'actor' && this.changes.length < 1000) this.changes.push({ seq, event })
    if (type !== 'HeadSealed' || first !== 'everyMs' || typeof everyMs !== 'number' || typeof upMs !== 'number') return
    const last = this.#beat // by the clock that nobody sets, was it as long? Else only the other one was set
    if (last?.hub === hub && upMs - last.upMs > 3 * last.everyMs) this.silent ??= last.pause
    this.#beat = { hub, everyMs, upMs, pause: null }
  }
}

// What a line commits to: personal values that do not stand in it. Canonical JSON has one way to write that.
/** @param {Uint8Array} line */
export function commitmentsIn(line) {
  const found = toText(line, 'latin1').matchAll(/\{"\$commitment":"([\w+/]{43}=)"\}/g)
  return Array.from(found, ([, one]) => one ?? '').filter((one) => fromBase64(one).length === 32)
}

// What is wrong with a line of a bundle that discloses such a value; '' for nothing; null for a line that discloses none.
// `open`: what the lines commit to and was not disclosed so far. A commitment is a hash of a salt and the value.
/** @param {Uint8Array} line @param {Set<string>} open */
export function disclosureIn(line, open) {
  const { said, form } = jsonOf(line)
  const { commitment, salt, value } = said['disclosed'] ?? {}
  if (form !== textOf(line) || form !== canonical({ disclosed: { commitment: `${commitment}`, salt, value } }))
    return null
  const all = joined(toBytes('infrafabric/commitment/v1\n'), fromBase64(salt), toBytes(canonical(value)))
  const isRight = fromBase64(salt).length === 32 && toText(sha256(all), 'base64') === commitment
  if (!isRight) return `what is disclosed is not what ${commitment} commits to`
  return open.delete(commitment) ? '' : `${commitment} is disclosed twice, or no line commits to it`
}
