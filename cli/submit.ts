import { newId, type IntentId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { isObject, type JsonObject } from '../intents/json.ts'
import { setTimeout as pause } from 'node:timers/promises'
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

/** One minute in one request, below every proxy's patience; after it the command asks again and again. */
const waitWithinMs = 60_000
/** A person does not notice half a second, and the hub does not notice two questions a second. */
const askAgainMs = 500
/** Two seconds: after that a person wonders whether anything happens. */
const reassureAfterMs = 2_000

/** Hands one intent to the hub, waits for its outcome, prints it and sets the exit code. */
export async function submit(hub: Hub, intent: Intent, manner: Manner): Promise<void> {
  const id = newId(Date.now())
  const answer = await hand(hub, {
    path: '/api/v1/intents',
    body: {
      id,
      intent: intent,
      wait: manner.wait ? 'outcome' : 'accepted',
    },
    id,
    what: intentPhrase(intent),
  })
  if (manner.wait) {
    const life = await ended(hub, answer)
    if (manner.json) printJson(life)
    else print(lifePhrase(life))
    if (life.outcome === null || !succeeded(life.outcome.type)) end('failed')
    return
  }
  if (manner.json) printJson(answer)
  else print(`accepted  ${intentPhrase(intent)}  ${answer.id}`)
}

/**
 * Sends a submission, and once more under the same id where the connection broke: the hub knows an id it has seen,
 * so this cannot double. @throws Stop
 */
async function hand(
  hub: Hub,
  submission: { path: string; body: JsonObject; id: IntentId; what: string },
): Promise<Receipt | Life> {
  const { path, body, id, what } = submission
  const off = reassure(`waiting for the outcome of ${what}  ${id}`)
  const once = () =>
    ask<Receipt | Life>(hub, { method: 'POST', path, body, withinMs: waitWithinMs }, ['id'])
  try {
    return await once().catch((error: unknown) => {
      if (!(error instanceof ConnectionLost)) throw error
      note(`infra: ${error.message}; asking once more under the same id`)
      return once()
    })
  } catch (error) {
    throw error instanceof ConnectionLost ? unsure(error, id) : error
  } finally {
    off()
  }
}

/** Waits for the end of what the hub has accepted; every accepted intent has one. @throws Stop */
export async function ended(hub: Hub, answer: Receipt | Life): Promise<Life> {
  if (isLife(answer) && answer.outcome !== null) return answer
  const off = reassure(`waiting for the outcome of ${answer.id}`)
  try {
    for (;;) {
      const life = await ask<Life>(hub, { method: 'GET', path: `/api/v1/intents/${answer.id}` }, [
        'intent',
        'outcome',
      ])
      if (life.outcome !== null) return life
      await pause(askAgainMs)
    }
  } catch (error) {
    throw error instanceof ConnectionLost ? unsure(error, answer.id) : error
  } finally {
    off()
  }
}

function isLife(answer: Receipt | Life): answer is Life {
  return 'intent' in answer && isObject(answer.intent) && 'outcome' in answer
}

function unsure(error: ConnectionLost, id: IntentId): Stop {
  return new Stop('unreachable', `${error.message}: whether it was recorded is not known`, {
    hint: `when the hub is back: infra show ${id}`,
    cause: error,
  })
}

/** Says on stderr that it still waits, if it takes long. Returns its own removal. */
function reassure(text: string): () => void {
  const timer = setTimeout(() => note(`infra: ${text}`), reassureAfterMs)
  return () => clearTimeout(timer)
}
