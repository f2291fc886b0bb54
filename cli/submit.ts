import { setTimeout as pause } from 'node:timers/promises'
import { newId, type IntentId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { JsonObject } from '../intents/json.ts'
import { succeeded } from '../intents/outcome.ts'
import type { Life, Receipt } from './answers.ts'
import { ask, ConnectionLost, type Hub } from './client.ts'
import { Stop } from './exit.ts'
import { end, note, print, printJson } from './output.ts'
import { intentPhrase, lifePhrase } from './phrase.ts'

/** How a changing command was asked to answer. */
export interface Manner {
  /** Wait for the outcome (`--no-wait` does not). */
  readonly wait: boolean
  readonly json: boolean
}

/** The hub may answer so late that it has not ended yet; after that the command asks again and again. */
const hubWaitsMs = 50_000
/** Ten seconds more than the hub was asked to wait: then it is not waiting but gone. */
const waitWithinMs = 60_000
/** A person does not notice half a second, and the hub does not notice two questions a second. */
const askAgainMs = 500
/** Five seconds in all: no view of the record is that far behind it. */
const unseenTimes = 10
/** Two seconds: after that a person wonders whether anything happens. */
const reassureAfterMs = 2_000

/** Hands one intent to the hub, waits for its outcome, prints it and sets the exit code. */
export async function submit(hub: Hub, intent: Intent, manner: Manner): Promise<void> {
  const what = intentPhrase(intent)
  const answer = await hand<Receipt | Life>(
    hub,
    { path: '/api/v1/intents', body: { intent }, wait: manner.wait, what },
    ['id'],
  )
  if (manner.wait) {
    const life = await ended(hub, answer)
    if (manner.json) printJson(life)
    else print(lifePhrase(life))
    if (life.outcome === null || !succeeded(life.outcome.type)) end('failed')
    return
  }
  if (manner.json) printJson(answer)
  else print(`accepted  ${what}  ${answer.id}`)
}

/**
 * Sends a submission under an id of its own, and once more under the same id where the connection broke: the hub
 * knows an id that it has seen, so this cannot double. @throws Stop
 */
export async function hand<Answer>(
  hub: Hub,
  submission: { path: string; body: JsonObject; wait: boolean; what: string },
  fields: readonly (keyof Answer & string)[],
): Promise<Answer> {
  const { path, wait, what } = submission
  const id = newId(Date.now())
  const manner = wait ? { wait: 'outcome', timeoutMs: hubWaitsMs } : { wait: 'accepted' }
  const request = { method: 'POST', path, body: { ...submission.body, ...manner, id } } as const
  const once = () => ask<Answer>(hub, { ...request, withinMs: waitWithinMs }, fields)
  const off = reassure(`waiting for the outcome of ${what}  ${id}`)
  try {
    return await once().catch((error: unknown) => {
      if (!(error instanceof ConnectionLost)) throw error
      note(`infra: ${error.message}; asking once more under the same id`)
      return once().catch((again: unknown) => {
        throw unsure(again, id)
      })
    })
  } finally {
    off()
  }
}

/** Waits for the end of what the hub has accepted; every accepted intent has one. @throws Stop */
export async function ended(hub: Hub, answer: Receipt | Life): Promise<Life> {
  if ('intent' in answer && answer.outcome !== null) return answer
  const { id } = answer
  const off = reassure(`waiting for the outcome of ${id}`)
  const request = { method: 'GET', path: `/api/v1/intents/${id}` } as const
  try {
    for (let unseen = 0; ;) {
      try {
        const life = await ask<Life>(hub, request, ['intent', 'outcome'])
        if (life.outcome !== null) return life
      } catch (error) {
        // recorded, but the hub's own view of it may be a moment behind
        if (!isUnknown(error) || ++unseen > unseenTimes) throw unsure(error, id)
      }
      await pause(askAgainMs)
    }
  } finally {
    off()
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof Stop && error.problem?.['code'] === 'unknown-intent'
}

/** Where the hub went away after it may have got the submission, only its record can tell. */
function unsure(error: unknown, id: IntentId): unknown {
  const gone =
    error instanceof ConnectionLost || (error instanceof Stop && error.exit === 'unreachable')
  if (!gone) return error
  return new Stop('unreachable', `${error.message}: what became of it is not known`, {
    hint: `when the hub is back: infra show ${id}`,
    cause: error,
  })
}

/** Says on stderr that it still waits, if it takes long. Returns its own removal. */
function reassure(text: string): () => void {
  const timer = setTimeout(() => note(`infra: ${text}`), reassureAfterMs)
  return () => clearTimeout(timer)
}
