import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { saidValue } from '../said-value.ts'
import type { States } from '../surface.ts'
import { jsonIn } from './line.ts'

/** The variables of the config: what a client's variable of that name is here. */
export const variablesKey = Type.Record(
  Type.String(),
  Type.Object(
    {
      device: Type.String({ minLength: 1, maxLength: 64, description: 'A device of this file.' }),
      path: Type.String({ minLength: 1, maxLength: 512, description: 'Its path.' }),
    },
    { additionalProperties: false, description: 'Set by what comes in, shown where it goes out.' },
  ),
  {
    default: {},
    description: 'What a variable of a Satellite client is here, by its id.',
  },
)
export type Variables = Static<typeof variablesKey>

const declared = Type.Array(
  Type.Object({
    id: Type.String({ minLength: 1, maxLength: 128 }),
    type: Type.Enum(['input', 'output']),
    name: Type.String(),
    description: Type.Optional(Type.String()),
  }),
  { maxItems: 1000 },
)

/** By its id, whether the client sends it or is sent it. */
export type Declared = ReadonlyMap<string, 'input' | 'output'>

/** VARIABLES of ADD-DEVICE; null for what is none. */
export function declaredIn(given: string | true | undefined): Declared | null {
  if (given === undefined || given === true) return new Map()
  const wanted = jsonIn(given)
  return Value.Check(declared, wanted) ? new Map(wanted.map(({ id, type }) => [id, type])) : null
}

/** What a client says of a variable. */
export function valueOf(base64: string): Json {
  return saidValue(Buffer.from(base64, 'base64').toString('utf8'))
}

/** A device's value as a client gets it. */
export function base64Of(value: Json): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')
}

/**
 * Tells of each output variable what its device says, the newest only: `send` is called again when it has resolved. Returns
 * its own removal.
 */
export function streamVariables(
  states: States,
  variables: Variables,
  wanted: Declared,
  send: (id: string, value: Json) => Promise<void>,
): () => void {
  const ids = new Map<string, string[]>()
  for (const [id, type] of wanted) {
    const variable = variables[id]
    if (type !== 'output' || variable === undefined) continue
    const key = `${variable.device} ${variable.path}`
    ids.set(key, [...(ids.get(key) ?? []), id])
  }
  const waiting = new Map<string, Json>()
  let isBusy = false
  const pump = async () => {
    isBusy = true
    try {
      for (const [id, value] of waiting) {
        waiting.delete(id)
        await send(id, value)
      }
    } catch {
      waiting.clear() // the connection is gone, and takes this with it
    }
    isBusy = false
  }
  const put = (key: string, value: Json) => {
    for (const id of ids.get(key) ?? []) waiting.set(id, value)
    if (waiting.size > 0 && !isBusy) void pump()
  }
  for (const id of new Set([...ids.values()].flat())) {
    const variable = variables[id]
    if (variable === undefined) continue
    // looked up, whatever the config calls it
    const now = states.at(variable.device as DeviceId, variable.path)
    if (now !== undefined) put(`${variable.device} ${variable.path}`, now)
  }
  if (ids.size === 0) return () => {}
  return states.follow(({ device, path, value }) => put(`${device} ${path}`, value))
}
