import type { Answered } from '../../surfaces/desk.ts'
import type { Receipt } from '../../surfaces/surface.ts'

// What a panel is told of what it said.

export const done: Answered = { ok: true, ids: [] }

export function nowhere(code: string, detail: string): Answered {
  return { ok: false, code, detail }
}

/** The answer to what was submitted; null: there was nothing to submit to. Never rejects: `notRecorded` hears why it could not be. */
export async function answered(
  receipts: Promise<readonly Receipt[] | null>,
  notRecorded: (why: string) => void,
): Promise<Answered> {
  try {
    const all = await receipts
    if (all === null) return nowhere('not-found', 'there is no such control')
    const refused = all.find(({ refusal }) => refusal !== null)?.refusal
    return refused == null
      ? { ok: true, ids: all.map(({ id }) => id) }
      : nowhere(refused.code, refused.failure.detail)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const detail = `not recorded, so nothing was done: ${why}`.slice(0, 500)
    notRecorded(detail)
    return nowhere('not-recorded', detail)
  }
}

/** The answer to several gestures of one move: the first that failed, else all their ids. */
export function together(answers: readonly Answered[]): Answered {
  const bad = answers.find(({ ok }) => !ok)
  return bad ?? { ok: true, ids: answers.flatMap((answer) => (answer.ok ? answer.ids : [])) }
}
