import type { Json } from '../intents/json.ts'
import type { ValueType } from '../intents/value-type.ts'

/** A variable of the site: it keeps its value over runs, restarts and hubs, and is set like a device's path. */
export interface Variable {
  readonly type: ValueType
  /** What it is until somebody sets it, and again where what was set is not of its type any more. */
  readonly default: Json
  /** For people; empty where the config has none. */
  readonly description: string
}
