import type { Json } from '../../intents/json.ts'

/** What came. `source`: from whom, as far as is known. */
export type Heard = (name: string, value: Json, source: string) => void

/** Whether it can be listened to: why not, or null. */
export type Reachable = (fault: string | null) => void

/** Ends it; nothing is heard afterwards. */
export type Listener = () => Promise<void>
