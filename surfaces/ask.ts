import { type Failure, failed } from '../intents/failure.ts'
import type { Asked } from './asked.ts'
import { placeName, type Receipt, type WishHost } from './surface.ts'

/** Who asks, and whence. */
export interface Asker {
  readonly surface: string
  readonly operator: string
  readonly source: string
}

export type Answer =
  /**
   * Recorded: one receipt for each intent, which is none where a control binds nothing to the gesture, or where there was
   * nothing to record. `said`: what was asked for, '' for nothing.
   */
  | { readonly ok: true; readonly receipts: readonly Receipt[]; readonly said: string }
  /** Never became an intent; the hub was told. */
  | { readonly ok: false; readonly code: string; readonly detail: string }

/**
 * Hands what was asked to the hub, at once: calls are submitted in the order in which they are made. What is no
 * intent, and what could not be recorded, is counted there as rejected. Never rejects.
 */
export function ask(host: WishHost, asked: Asked, asker: Asker): Promise<Answer> {
  const { source } = asker
  if (asked.kind === 'error') return Promise.resolve(rejected(host, source, asked.failure))
  if (asked.kind === 'done') return Promise.resolve({ ok: true, receipts: [], said: asked.said })
  const actor = {
    type: 'operator',
    id: asker.operator,
    surface: asker.surface,
    // by whatever way it came: a press of the grid shows on its face, and `who` finds it
    control: asked.kind === 'intent' ? asked.control : placeName(asked.place),
  } as const
  // on the way of every press: no async function, whose frame would be kept until the disk has answered
  const answer: Promise<Answer> =
    asked.kind === 'intent'
      ? host
          .submit({ intent: asked.intent, actor, source })
          .then((receipt) => ({ ok: true, receipts: [receipt], said: '' }))
      : host.gesture(asked.place, asked.gesture, { actor, source }).then((receipts) => {
          if (receipts !== null) return { ok: true, receipts, said: '' }
          const detail = `there is no control at ${placeName(asked.place)}`
          return rejected(host, source, failed('not-found', detail))
        })
  return answer.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    const failure = failed('refused', `not recorded, so nothing was done: ${why}`.slice(0, 500))
    return { ...rejected(host, source, failure), code: 'not-recorded' }
  })
}

function rejected(host: WishHost, source: string, failure: Failure) {
  host.rejected(source, failure)
  return { ok: false, code: failure.code, detail: failure.detail } as const
}

/** Two seconds of the fastest sender: a log that hangs for longer must not take the memory with it. */
const maxWaiting = 100_000

/**
 * `ask` for senders that cannot be slowed down (UDP): what would wait to be recorded beyond `limit` is counted as rejected,
 * visibly, rather than kept. A source may hold as many places as are free, so one that floods never takes the last of them.
 */
export function askUnpaced(
  host: WishHost,
  limit = maxWaiting,
): (asked: Asked, asker: Asker) => void {
  let waiting = 0
  const bySource = new Map<string, number>()
  return (asked, asker) => {
    const { source } = asker
    const own = bySource.get(source) ?? 0
    if (own >= limit - waiting) {
      host.rejected(source, failed('refused', `${own} wait for the log already`))
      return
    }
    waiting++
    bySource.set(source, own + 1)
    void ask(host, asked, asker).then(() => {
      waiting--
      const left = (bySource.get(source) ?? 1) - 1
      if (left === 0) bySource.delete(source)
      else bySource.set(source, left)
    })
  }
}
