import type { ActionDescription, Plan } from '../../adapters/adapter.ts'
import type { DeviceIntent } from '../../intents/intent.ts'

/** What can be asked of a device, or of the site's variables. */
export interface Askable {
  readonly protocol: string
  readonly title: string
  readonly actions: readonly ActionDescription[]
  /** Whether it offers a standard action. */
  offers(name: string): boolean
  /** Whether it would carry this out: nothing is sent. */
  plan(intent: DeviceIntent): Plan<unknown>
}
