import { Buffer } from 'node:buffer'
import { isObject, type Json, type JsonObject } from '../intents/json.ts'
import type { Frame } from '../wire/frame.ts'
import { condition, type Condition } from './condition.ts'
import { type DataPath, find } from './data-path.ts'
import { type Said, saidText } from './said.ts'
import type { Numbering } from './text-device.ts'
import { ended } from './text-body.ts'
import type { Expected, TextCommand } from './text-request.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What an answer means; `unrelated`: go on waiting. */
export type Meaning = 'confirmed' | 'refused' | 'unrelated'

/** A frame as the config reads it, text without the line ends behind it; or why it makes no sense. */
export function read(
  frame: Frame,
  as: 'text' | 'hex',
): { readonly ok: true; readonly said: Said } | { readonly ok: false; readonly detail: string } {
  if (!frame.ok) return frame
  if (as === 'hex') return { ok: true, said: saidText(frame.bytes.toString('hex')) }
  try {
    return { ok: true, said: saidText(utf8.decode(frame.bytes).replace(/[\r\n\0]{1,16}$/, '')) }
  } catch {
    // the decoder's TypeError says no more than this does
    return { ok: false, detail: 'it is not UTF-8' }
  }
}

/** Compiled conditions of commands that are under way: mostly the same few. */
export class Meanings {
  readonly #compiled = new Map<Condition, (said: Said) => boolean>()

  /** What `said` means to whoever expects that. */
  of({ reply, refusal }: Expected, said: Said): Meaning {
    if (refusal !== null && this.#holds(refusal, said)) return 'refused'
    return reply === null || this.#holds(reply, said) ? 'confirmed' : 'unrelated'
  }

  #holds(each: Condition, said: Said): boolean {
    let holds = this.#compiled.get(each)
    if (holds === undefined) {
      const compiled = condition(each)
      // checked when the command was planned; an argument that makes it too long matches nothing
      holds = compiled.ok ? compiled.holds : () => false
      // arguments are part of it, so there is no end of them
      if (this.#compiled.size >= mostCompiled) this.#compiled.clear()
      this.#compiled.set(each, holds)
    }
    return holds(said)
  }
}

const mostCompiled = 256

/** A request with its number in it. */
export function numberedBytes(
  { bytes, json }: TextCommand,
  { at, as }: Numbering,
  n: number,
  terminator: string,
): Buffer {
  if (json === null) return bytes
  const put = (into: Json | undefined, path: DataPath): Json => {
    const [name, ...rest] = path
    if (name === undefined) return as === 'text' ? String(n) : n
    const known: JsonObject = isObject(into) ? into : {}
    return { ...known, [name]: put(known[name], rest) }
  }
  return Buffer.from(ended(JSON.stringify(put(json, at)), terminator))
}

/** The number that an answer repeats; null where it has none. */
export function numberOf(said: Said, { answerAt }: Numbering): number | null {
  const tree = said.tree()
  const value = tree === null ? undefined : find(tree, answerAt)
  if (typeof value !== 'number' && typeof value !== 'string') return null
  const n = Number(value)
  return Number.isSafeInteger(n) ? n : null
}

/** Of an answer, in a failure's text. */
const quotedLength = 200

/** A device's words for people, without the config's words that it may repeat: those can be secrets. */
export function quotedAnswer({ text }: Said, words: readonly string[]): string {
  // longer than what is shown by the longest word, so that none is cut in the middle and shows its half
  let shown = text.slice(0, quotedLength * 10)
  for (const word of words) shown = shown.replaceAll(word, '…')
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return shown.slice(0, quotedLength).replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
}
