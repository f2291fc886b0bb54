/** @import { Entry, EntryHead, Head, Heartbeat, Key, Later } from './types.ts' */
import { joined, sha256, textOf, toBytes, toText } from './node.js'
import { canonical, fromBase64, jsonOf, parseNote, signaturesOf } from './trust.js'

// The entries themselves: canonical JSON, with their time and their event's first member at fixed places.
const entryForm = /^.{63}\d+,"body":\{"at":(\d{13}),"event":\{"(?:(actor|everyMs)")?/s

// Whose entry a line has, and what it says; of one that is none, nothing.
/** @param {Uint8Array} line @returns {Entry} */
function entryOf(line) {
  const { hub, event } = jsonOf(line).said['body'] ?? {}
  return typeof hub === 'string' && event ? { hub, event } : { hub: '', event: {} }
}

// The changes of the log's key, and the first silence although a hub ran: the hub that signs records a heartbeat,
// HeadSealed, in time, of which three may be lost. Nothing is said of a log, or of a run of a hub, before its first.
export class Marks {
  changes = /** @type {{ seq: number, event: unknown }[]} */ ([])
  silent = /** @type {string | null} */ (null)
  heads = /** @type {EntryHead[]} */ ([]) // cosigned heads in entries: the first eight and the newest eight
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
      const times = [before.at, at].map((time) => new Date(time).toISOString()).join(' to ')
      if (!isOne) this.#beat = null
      else beat.pause ??= `nothing was recorded from ${times}, before line ${seq}, although the hub ${beat.hub} ran`
    }
    if (first === undefined && !beat?.pause) return
    const { hub, event } = entryOf(line)
    const { type, everyMs, upMs, witnesses } = event
    // it was gone meanwhile: its last run ended without a word, as after a loss of power
    if (type === 'HubStarted' && beat?.pause && beat.hub === hub) this.#beat = null
    if (type === 'KeyChanged' && first === 'actor' && this.changes.length < 1000) this.changes.push({ seq, event })
    if (type !== 'HeadSealed' || first !== 'everyMs' || typeof everyMs !== 'number' || typeof upMs !== 'number') return
    const last = this.#beat // by the clock that nobody sets, was it as long? Else only the other one was set
    if (last?.hub === hub && upMs - last.upMs > 3 * last.everyMs) this.silent ??= last.pause
    this.#beat = { hub, everyMs, upMs, pause: null }
    if (witnesses?.[0] && this.heads.push({ seq, event }) > 16) this.heads.splice(8, 1)
  }
}

// When witnesses cosigned a head that an entry says, the earliest of these times: from its line on all is later.
/** @param {EntryHead} entry @param {Head['origin'] | undefined} origin @param {readonly Key[]} keys @returns {Promise<readonly Later[]>} */
export async function laterIn({ seq, event: { size, root, witnesses } }, origin, keys) {
  /** @type {readonly string[]} */
  const lines = witnesses.map((/** @type {any} */ { name, signature }) => `— ${name} ${signature}\n`)
  const note = parseNote(toBytes(`${origin}\n${size}\n${root}\n\n${lines.join('')}`))
  const at = Math.min(...(await signaturesOf(note, keys)).map((good) => good.at))
  return at < Infinity ? [{ seq, at }] : []
}

// What is wrong with a line that discloses a value, whose hash with a salt a line has: '' nothing, null: it is none.
/** @param {Uint8Array} line @param {Set<string>} open @param {boolean} all */
export function disclosureIn(line, open, all) {
  const { said, form } = jsonOf(line)
  const { commitment, salt, value } = said['disclosed'] ?? {}
  if (form !== textOf(line) || form !== canonical({ disclosed: { commitment: `${commitment}`, salt, value } }))
    return null
  const committed = joined(toBytes('infrafabric/commitment/v1\n'), fromBase64(salt), toBytes(canonical(value)))
  const isRight = fromBase64(salt).length === 32 && toText(sha256(committed), 'base64') === commitment
  if (!isRight) return `what is disclosed is not what ${commitment} commits to`
  return open.delete(commitment) || !all ? '' : `${commitment} is disclosed twice, or no line commits to it`
}
