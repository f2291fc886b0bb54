import { failed } from '../../intents/failure.ts'
import { isObject, type JsonObject } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import type { Call, First } from './call.ts'
import type { Connection } from './connection.ts'
import type { Greeting } from './line.ts'
import { type Asked, reasonOf, type Response, shown } from './protocol.ts'
import { requestNamed } from './requests.ts'

/** An OBS that has greeted us. */
export interface Asking extends Greeting {
  readonly connection: Pick<Connection, 'request'>
}

/**
 * The request as it is sent, after what had to be seen to first. @throws DeliveryError `reached: 'no'`: the request itself was
 * not sent
 */
export async function questionOf(to: Asking, call: Call, signal: AbortSignal): Promise<Asked> {
  const { name, data, first } = call
  if (!to.requests.has(name)) {
    const since = requestNamed(name)?.since ?? ''
    const detail = `${to.title} has no ${name}: it came with obs-websocket ${since}`
    throw new DeliveryError(failed('refused', detail))
  }
  switch (first?.type) {
    case undefined:
      return { name, data }
    case 'item':
      return { name, data: { ...(await itemOf(to, first, signal)), ...data } }
    case 'transition':
      await choose(to, first, signal)
      return { name, data }
    default:
      return first satisfies never
  }
}

async function itemOf(
  to: Asking,
  { scene, source }: Extract<First, { readonly type: 'item' }>,
  signal: AbortSignal,
): Promise<JsonObject> {
  const where = { sceneName: scene, sourceName: source }
  const found = await before(to, 'GetSceneItemId', where, signal)
  const { sceneItemId } = found.data
  if (found.ok && typeof sceneItemId === 'number') return { sceneName: scene, sceneItemId }
  const detail = `no ${shown(source)} in ${shown(scene)}: ${reasonOf(found)}`
  throw new DeliveryError(failed('not-found', detail))
}

async function choose(
  to: Asking,
  { kind, ms }: Extract<First, { readonly type: 'transition' }>,
  signal: AbortSignal,
): Promise<void> {
  const { data } = await before(to, 'GetSceneTransitionList', {}, signal)
  const all = data['transitions'] instanceof Array ? data['transitions'] : []
  const found = all.find((each) => isObject(each) && each['transitionKind'] === kind)
  const transitionName = isObject(found) ? found['transitionName'] : undefined
  if (typeof transitionName !== 'string')
    throw new DeliveryError(failed('refused', `this scene collection has no ${kind}`))
  const set = async (name: string, what: JsonObject) => {
    const response = await before(to, name, what, signal)
    if (!response.ok)
      throw new DeliveryError(failed('refused', `OBS refused ${name}: ${reasonOf(response)}`))
  }
  if (data['currentSceneTransitionName'] !== transitionName)
    await set('SetCurrentSceneTransition', { transitionName })
  if (ms !== null) await set('SetCurrentSceneTransitionDuration', { transitionDuration: ms })
}

/** Asks something before the request itself: whatever becomes of it, the request was not sent. */
async function before(
  { connection }: Asking,
  name: string,
  data: JsonObject,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await connection.request(name, data, signal)
  } catch (cause) {
    if (!(cause instanceof DeliveryError)) throw cause
    throw new DeliveryError({ ...cause.failure, reached: 'no' }, { cause })
  }
}
