import type { JsonObject } from '../../intents/json.ts'

/** One request of obs-websocket: what this adapter sends. */
export interface Call {
  /** As OBS spells it. */
  readonly name: string
  readonly data: JsonObject
  /** What the link sees to first, because only OBS knows it; null for nothing. */
  readonly first: First | null
  /** OBS's code for "it is so already", which carries out a `set` and not a `fire`; absent: it has none. */
  readonly soAlready?: number
}

export type First =
  /** An item of a scene by its source's name: its number is asked for and added. */
  | { readonly type: 'item'; readonly scene: string; readonly source: string }
  /** The first transition of a kind is chosen, by whatever name OBS has for it in its language. */
  | {
      readonly type: 'transition'
      readonly kind: 'cut_transition' | 'fade_transition'
      /** null: as long as OBS has it. */
      readonly ms: number | null
    }

/** The request for people and previews: `SetInputMute {"inputName":"Mic","inputMuted":true}`. */
export function textOf({ name, data, first }: Call): string {
  const text = Object.keys(data).length === 0 ? name : `${name} ${JSON.stringify(data)}`
  if (first === null) return text
  return first.type === 'item'
    ? `${text} of ${JSON.stringify(first.source)} in ${JSON.stringify(first.scene)}`
    : `${text} by ${first.kind}${first.ms === null ? '' : ` in ${first.ms} ms`}`
}
