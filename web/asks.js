// @ts-check
/** @import { Place } from './gesture.js' */
import { placeKey } from './gesture.js'

/**
 * What this console asked for and how far it knows. `asked`: on its way to the hub; `recorded`: the hub wrote it
 * down; `lost`: the connection went before the answer, so nobody here knows.
 *
 * @typedef {{
 *   ref: string, id: string, place: Place, key: string, at: number, phase: 'asked' | 'recorded' | 'lost',
 *   expected: boolean, intents: Set<string>,
 * }} Ask
 *
 * What a control shows of it: `problem` wins, because it needs a person.
 * @typedef {{ phase: 'none' | Ask['phase'], count: number, problem: string | null }} Local
 */

/** @type {Local} */
const nothing = { phase: 'none', count: 0, problem: null }

/** @param {(key: string) => void} onChange the control whose local state changed */
export function createAsks(onChange) {
  /** @type {Map<string, Ask>} */
  const byRef = new Map()
  /** @type {Map<string, Ask>} */
  const byIntent = new Map()
  /** @type {Map<string, Set<Ask>>} */
  const byKey = new Map()
  /** @type {Map<string, { text: string, intent: string | null }>} */
  const problems = new Map()

  /** @param {Ask} ask */
  function forget(ask) {
    byRef.delete(ask.ref)
    byIntent.delete(ask.id)
    for (const id of ask.intents) byIntent.delete(id)
    const open = byKey.get(ask.key)
    open?.delete(ask)
    if (open?.size === 0) byKey.delete(ask.key)
    onChange(ask.key)
  }

  /** @param {string} key @param {string} text @param {string | null} intent */
  function setProblem(key, text, intent) {
    problems.set(key, { text, intent })
    onChange(key)
  }

  return {
    /**
     * A gesture that was sent just now. `expected`: the control binds something to it, so an answer must come.
     *
     * @param {{ ref: string, id: string, place: Place, at: number, expected: boolean }} sent
     */
    asked(sent) {
      const key = placeKey(sent.place)
      /** @type {Ask} */
      const ask = { ...sent, key, phase: 'asked', intents: new Set() }
      byRef.set(ask.ref, ask)
      byIntent.set(ask.id, ask)
      const open = byKey.get(key) ?? new Set()
      byKey.set(key, open.add(ask))
      if (sent.expected) problems.delete(key)
      onChange(key)
    },
    /** It could not be sent, or the hub would not have it. @param {Place} place @param {string} text */
    problem(place, text) {
      setProblem(placeKey(place), text, null)
    },
    /** @param {string} ref @param {string | null} id the intent it became; null where it led to none */
    accepted(ref, id) {
      const ask = byRef.get(ref)
      if (ask === undefined) return
      if (id === null) return forget(ask)
      ask.intents.add(id)
      ask.phase = 'recorded'
      byIntent.set(id, ask)
      onChange(ask.key)
    },
    /** @param {string} id the intent that ended */
    ended(id) {
      const ask = byIntent.get(id)
      if (ask === undefined) return
      byIntent.delete(id)
      ask.intents.delete(id)
      if (ask.intents.size === 0) forget(ask)
    },
    /**
     * The hub would not have it. `intent`: the refusal is recorded under this id, so the face will say it too.
     *
     * @param {string} ref
     * @param {string} text
     * @param {string | null} intent
     * @returns {Ask | undefined}
     */
    refused(ref, text, intent) {
      const ask = byRef.get(ref)
      if (ask === undefined) return undefined
      forget(ask)
      setProblem(ask.key, text, intent)
      return ask
    },
    /** The face shows this intent now: what it says replaces what was only known here. @param {Place} place @param {string} intent */
    faced(place, intent) {
      const key = placeKey(place)
      if (problems.get(key)?.intent === intent && problems.delete(key)) onChange(key)
    },
    /** The connection is gone. @returns {readonly Ask[]} those that wait for an answer that will not come */
    disconnected() {
      const lost = []
      for (const ask of [...byRef.values()]) {
        if (ask.phase !== 'asked') continue
        if (!ask.expected) {
          forget(ask)
          continue
        }
        ask.phase = 'lost'
        lost.push(ask)
        onChange(ask.key)
      }
      return lost
    },
    /** What a person must still learn the fate of. */
    unsettled() {
      return [...byRef.values()].filter((ask) => ask.phase !== 'asked')
    },
    /** When the oldest unanswered gesture was sent, ms; null where none waits. @returns {number | null} */
    oldest() {
      for (const ask of byRef.values()) if (ask.phase === 'asked' && ask.expected) return ask.at
      return null
    },
    /** @param {string} key @returns {Local} */
    local(key) {
      const problem = problems.get(key)?.text ?? null
      const open = [...(byKey.get(key) ?? [])].filter(
        (ask) => ask.expected || ask.phase !== 'asked',
      )
      if (open.length === 0) return problem === null ? nothing : { ...nothing, problem }
      const phase = open.some((ask) => ask.phase === 'lost')
        ? 'lost'
        : open.some((ask) => ask.phase === 'asked')
          ? 'asked'
          : 'recorded'
      return { phase, count: open.length, problem }
    },
  }
}
