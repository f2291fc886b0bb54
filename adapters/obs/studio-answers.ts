import type { Json, JsonObject } from '../../intents/json.ts'

/** What OBS tells everybody. */
export interface StudioEvent {
  readonly name: string
  readonly data: JsonObject
}

/** What the simulated OBS does with a request. */
export type Done =
  | { readonly ok: true; readonly data: JsonObject; readonly events: readonly StudioEvent[] }
  | { readonly ok: false; readonly code: number; readonly comment: string }

export type Does = (data: JsonObject) => Done

export const yes = (data: JsonObject = {}, ...events: readonly StudioEvent[]): Done => ({
  ok: true,
  data,
  events,
})
export const no = (code: number, comment = ''): Done => ({ ok: false, code, comment })
export const event = (name: string, data: JsonObject = {}): StudioEvent => ({ name, data })

/** A name in a request; empty where it is none. */
export const wordOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** protocol.md, "RequestStatus": ResourceNotFound, in OBS's own words. */
export const unknown = (name: Json | undefined): Done =>
  no(600, `No source was found by the name of \`${wordOf(name)}\`.`)
/** ResourceAlreadyExists. */
export const taken = (what: string): Done => no(601, `A ${what} of that name is already there.`)
