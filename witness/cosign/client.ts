import { verifySignatures, parseSignature, NoteError } from '../check/note.ts'
import type { VerifierKey } from '../check/vkey.ts'
import { encodeAddCheckpoint } from './request.ts'

/** A witness to ask. */
export interface WitnessAt {
  readonly key: VerifierKey
  /** Its submission prefix, without a slash at the end. */
  readonly url: string
}

export type Cosigned =
  | { readonly ok: true; readonly line: string; readonly at: number }
  /** `ahead`: it has cosigned more than this log has, so this log has lost what it once had. */
  | {
      readonly ok: false
      readonly fault: 'ahead' | 'refused' | 'unreachable'
      readonly detail: string
    }

/** 5 s: a witness answers in milliseconds, one far away in some hundred. */
const withinMs = 5000

/**
 * Asks a witness for its cosignature. `old`: what it is believed to have cosigned last; where it is another size, it is
 * asked again from there. `proofFrom`: the hashes that prove the checkpoint from a smaller size on.
 */
export async function cosign(
  { key, url }: WitnessAt,
  head: { readonly size: number; readonly text: string; readonly note: string },
  old: number,
  proofFrom: (old: number) => readonly Buffer[],
): Promise<Cosigned> {
  let from = old
  for (let tries = 0; tries < 2; tries++) {
    const answer = await post(url, encodeAddCheckpoint(from, proofFrom(from), head.note))
    if (answer === null)
      return failed('unreachable', `the witness ${key.name} does not answer at ${url}`)
    const { status, body } = answer
    if (status === 200) return read(body, head.text, key)
    const size =
      status === 409 ? Number(/^(\d{1,16})\n$/.exec(body)?.[1] ?? Number.NaN) : Number.NaN
    if (size > head.size)
      return failed(
        'ahead',
        `the witness ${key.name} has cosigned ${size} lines, and here are ${head.size}`,
      )
    if (Number.isNaN(size) || size === from)
      return failed(
        'refused',
        `the witness ${key.name} answered ${status}: ${body.slice(0, 200).trim()}`,
      )
    from = size
  }
  return failed('refused', `the witness ${key.name} changes its mind about what it has cosigned`)
}

async function post(url: string, body: string) {
  try {
    const response = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      signal: AbortSignal.timeout(withinMs),
      redirect: 'error',
    })
    return { status: response.status, body: (await response.text()).slice(0, 64 * 1024) }
  } catch {
    return null
  }
}

/** The witness's own line among those that it answered. */
function read(body: string, text: string, key: VerifierKey): Cosigned {
  try {
    for (const line of body.split('\n').filter((one) => one !== '')) {
      const signature = parseSignature(line)
      const [signed] = verifySignatures({ text, signatures: [signature] }, [key])
      if (signed?.at != null) return { ok: true, line: `${line}\n`, at: signed.at }
    }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return failed(
      'refused',
      `the witness ${key.name} answered what is no cosignature: ${error.message}`,
    )
  }
  return failed('refused', `the witness ${key.name} answered without its own cosignature`)
}

function failed(fault: 'ahead' | 'refused' | 'unreachable', detail: string): Cosigned {
  return { ok: false, fault, detail }
}
