import type { DeviceId } from '../../intents/id.ts'

// What a device shows of itself, as a picture.

/**
 * What can be seen of a device's picture at this moment. `live`: there is one, at `…/picture` of the control; `none`: its device
 * shows nothing; `elsewhere`: only the hub that acts for the device has it.
 */
export interface PictureView {
  readonly device: DeviceId
  readonly name: string
  readonly state: 'live' | 'none' | 'elsewhere'
  /** Names the bytes, as the ETag does: another one, another picture. null where there is nothing to see. */
  readonly tag: string | null
  /** Why there is nothing to see; empty while there is. */
  readonly detail: string
}

/** The picture itself, or why there is none. */
export type ShownPicture =
  | {
      readonly state: 'live'
      readonly type: 'image/png' | 'image/jpeg'
      readonly bytes: Uint8Array
      readonly tag: string
    }
  | { readonly state: 'none' | 'elsewhere'; readonly detail: string }
