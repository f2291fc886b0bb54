import { succeeded } from '../../intents/outcome.ts'
import type { Answer } from '../ask.ts'
import type { Wanted } from '../companion.ts'
import type { Ended, Receipt, WishHost } from '../surface.ts'

/** The longest text after a code. Characters. */
const maxText = 600

/** What became of one line: `code` and `text` as they are answered, without `+OK` and `-ERR`. */
export type LineEnd =
  | { readonly ok: true; readonly text: string; readonly said: string }
  | { readonly ok: false; readonly code: string; readonly text: string }

/**
 * What became of a line, once everything that it led to has ended: the first that went wrong, if one did. Rejects when `gone`
 * aborts.
 */
export async function endOfLine(
  host: WishHost,
  answer: Answer,
  gone: AbortSignal,
): Promise<LineEnd> {
  if (!answer.ok) return { ok: false, code: answer.code, text: answer.detail }
  const ends = await Promise.all(answer.receipts.map((receipt) => end(host, receipt, gone)))
  return (
    ends.find(({ ok }) => !ok) ??
    ends[0] ?? { ok: true, text: `- ${answer.said || 'nothing'}`, said: answer.said }
  )
}

async function end(host: WishHost, receipt: Receipt, gone: AbortSignal): Promise<LineEnd> {
  const { id, refusal } = receipt
  const wrong = (code: string, text: string): LineEnd => ({
    ok: false,
    code,
    text: `${id} ${text}`,
  })
  if (refusal !== null) return wrong(refusal.code, `refused: ${refusal.failure.detail}`)
  let ended: Ended
  try {
    ended = await host.ended(id, gone)
  } catch (cause) {
    if (gone.aborted) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    return wrong('unknown', `was recorded, its outcome is not known here: ${why}`)
  }
  const { outcome, failure } = ended
  if (succeeded(outcome)) return { ok: true, text: `${id} ${outcome}`, said: '' }
  return wrong(
    failure?.code ?? outcome,
    failure === null ? outcome : `${outcome}: ${failure.detail}`,
  )
}

/** `+OK <id> <outcome>`, `+OK - nothing` where there was nothing to record, else `-ERR <code> <text>`. */
export function withOutcome(end: LineEnd): string {
  return end.ok ? `+OK ${clean(end.text)}\n` : `-ERR ${clean(`${end.code} ${end.text}`)}\n`
}

/** Companion's own answers, as the source of its `Tcp` and `TcpUdpApi` services (5.0) has them; a failure says why. */
export function asCompanion(end: LineEnd, wanted: Wanted): string {
  if (end.ok) return end.said === '' ? '+OK\n' : `+OK ${clean(end.said)}\n`
  if (end.code === 'malformed') return '-ERR Syntax error\n'
  if (wanted.kind === 'step' && end.code === 'refused') return '-ERR Step out of range\n'
  if (end.code !== 'not-found') return `-ERR ${clean(end.text)}\n`
  switch (wanted.kind) {
    case 'gesture':
    case 'step':
    case 'style':
      return '-ERR No control at location\n'
    case 'write':
      return '-ERR Unknown name\n'
    case 'read':
      return '-ERR Variable not found\n'
    default:
      return `-ERR ${clean(end.text)}\n`
  }
}

/** A text may come from a device: nothing in it may look like another answer. */
function clean(text: string): string {
  return text.slice(0, maxText).replaceAll(/\p{Cc}/gu, ' ')
}
