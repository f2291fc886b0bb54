import type { Json } from '../../intents/json.ts'

export const gestures = ['press', 'down', 'up', 'rotate-left', 'rotate-right'] as const
export type Gesture = (typeof gestures)[number]

export const changes = ['restart', 'enable', 'disable'] as const

/** What of a control's look can be changed. Companion's own names. */
export const styleKeys = [
  'text',
  'color',
  'bgcolor',
  'size',
  'alignment',
  'pngalignment',
  'png64',
] as const
export type StyleKey = (typeof styleKeys)[number]

/** What Companion is asked, checked, whichever way it goes. `location` is `page/row/column`: {@link locationForm}. */
export type CompanionCommand =
  | { readonly type: 'gesture'; readonly location: string; readonly gesture: Gesture }
  | { readonly type: 'step'; readonly location: string; readonly step: number }
  | {
      readonly type: 'style'
      readonly location: string
      readonly style: { readonly [key in StyleKey]?: string | number }
    }
  /** Sets a custom variable. */
  | { readonly type: 'write'; readonly name: string; readonly value: Json }
  /** Reads a path as it is reported: `reading.ts`. */
  | { readonly type: 'read'; readonly path: string }
  /** Looks for surfaces (USB) anew. */
  | { readonly type: 'rescan' }
  /** Turns a surface to a page. */
  | { readonly type: 'page'; readonly surface: string; readonly page: number | 'up' | 'down' }
  | {
      readonly type: 'connection'
      readonly id: string
      readonly change: (typeof changes)[number]
    }
  /** A line of its TCP and UDP protocol as it stands. */
  | { readonly type: 'line'; readonly text: string }

/** Pages count from 1, rows and columns from 0; a grid may be extended to negative ones. */
export const locationForm = '^[1-9]\\d{0,3}/-?\\d{1,3}/-?\\d{1,3}$'
/** Companion's rule for names of custom variables. */
export const variableForm = '^\\w{1,100}$'
