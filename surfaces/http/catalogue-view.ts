import type { TSchema } from 'typebox'
import type { DeviceId, MacroId } from '../../intents/id.ts'
import type { Json, JsonObject } from '../../intents/json.ts'

// What can be asked of this site.

export interface MacroView {
  readonly id: MacroId
  readonly steps: readonly JsonObject[]
  readonly onFailure: Json
  readonly onCrash: 'resume' | 'abandon' | 'compensate' | 'ask'
}

export interface ActionsView {
  readonly devices: readonly {
    readonly device: DeviceId
    readonly protocol: string
    readonly actions: readonly {
      readonly verb: 'fire' | 'set'
      readonly name: string
      readonly description: string
      readonly schema: TSchema
      /** True for the standard vocabulary (`record.start`). */
      readonly standard: boolean
    }[]
  }[]
  /** What `do` understands: the config's names, and the standard ones with the devices that offer them. */
  readonly names: readonly {
    readonly name: string
    readonly origin: 'config' | 'standard'
    readonly description: string
    readonly devices: readonly DeviceId[]
    readonly schema: TSchema
  }[]
}
