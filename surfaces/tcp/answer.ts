import { succeeded } from '../../intents/outcome.ts'
import type { Answer } from '../ask.ts'
import type { Ended, Receipt, WishHost } from '../surface.ts'

/** The longest text after a code. Characters. */
const maxText = 600

/**
 * The answer to one line, once everything it led to has ended: `+OK <id> <outcome>` where all of it was sent or
 * confirmed, `+OK - nothing` where the control binds nothing, else `-ERR <code> <text>` of the first that went wrong.
 * Rejects when `gone` aborts.
 */
export async function answerLine(
  host: WishHost,
  answer: Answer,
  gone: AbortSignal,
): Promise<string> {
  if (!answer.ok) return error(answer.code, answer.detail)
  const ends = await Promise.all(answer.receipts.map((receipt) => end(host, receipt, gone)))
  return ends.find((line) => line.startsWith('-')) ?? ends[0] ?? '+OK - nothing\n'
}

async function end(host: WishHost, receipt: Receipt, gone: AbortSignal): Promise<string> {
  const { id, refusal } = receipt
  if (refusal !== null) return error(refusal.code, `${id} refused: ${refusal.failure.detail}`)
  let ended: Ended
  try {
    ended = await host.ended(id, gone)
  } catch (cause) {
    if (gone.aborted) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    return error('unknown', `${id} was recorded, its outcome is not known here: ${why}`)
  }
  const { outcome, failure } = ended
  if (succeeded(outcome)) return `+OK ${id} ${outcome}\n`
  return error(
    failure?.code ?? outcome,
    failure === null ? `${id} ${outcome}` : `${id} ${outcome}: ${failure.detail}`,
  )
}

/** A text may come from a device: nothing in it may look like another answer. */
function error(code: string, text: string): string {
  return `-ERR ${code} ${text.slice(0, maxText).replaceAll(/\p{Cc}/gu, ' ')}\n`
}
