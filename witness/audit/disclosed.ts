import { hash } from 'node:crypto'
import { decodeBase64 } from '../check/base64.ts'
import { canonicalForm } from './strict.ts'

// What the lines commit to, and what is shown of it. Shares no code with what commits.

const domain = 'infrafabric/commitment/v1\n'
const saltBytes = 32

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const start = Buffer.from('{"$commitment":"')
const end = '"}'
const hashChars = 44

/** The commitments in the bytes from `from` up to, and without, `to`: canonical JSON has one way to write them. */
export function* commitmentsOf(bytes: Buffer, from: number, to: number): Generator<string> {
  const line = bytes.subarray(from, to)
  for (let at = line.indexOf(start); at !== -1; at = line.indexOf(start, at + 1)) {
    const text = line.toString('latin1', at + start.length, at + start.length + hashChars + 2)
    const commitment = text.slice(0, hashChars)
    if (text.endsWith(end) && decodeBase64(commitment)?.length === 32) yield commitment
  }
}

/** What is wrong with a salt and a value that are said to be behind a commitment; null for nothing. */
function disclosureFault(commitment: string, salt: unknown, value: unknown): string | null {
  const wrong = `what is disclosed is not what ${commitment} commits to`
  const bytes = typeof salt === 'string' ? decodeBase64(salt) : null
  // of another length it could be a part of the value
  if (bytes?.length !== saltBytes || value === undefined) return wrong
  const committed = Buffer.concat([Buffer.from(domain), bytes, Buffer.from(canonicalForm(value))])
  return hash('sha256', committed, 'base64') === commitment ? null : wrong
}

/** A line `{"disclosed":{"commitment":…,"salt":…,"value":…}}`, in its one form. */
export interface DisclosedLine {
  readonly commitment: string
  readonly fault: string | null
}

/** Null for what is no such line at all. */
export function disclosedLine(bytes: Buffer): DisclosedLine | null {
  try {
    const text = utf8.decode(bytes)
    const said: unknown = JSON.parse(text)
    if (typeof said !== 'object' || said === null || !('disclosed' in said)) return null
    const { disclosed } = said
    if (typeof disclosed !== 'object' || disclosed === null) return null
    const { commitment, salt, value } = disclosed as Readonly<Record<string, unknown>>
    const isForm =
      typeof commitment === 'string' &&
      canonicalForm({ disclosed: { commitment, salt, value } }) === text
    return isForm ? { commitment, fault: disclosureFault(commitment, salt, value) } : null
  } catch {
    return null // no JSON in UTF-8, or with more levels than one can follow
  }
}
