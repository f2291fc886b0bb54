import type { JsonObject } from '../../intents/json.ts'
import type { Action, Connection, Feedback } from '../model.ts'

/** A connection module of Companion that one of our adapters stands for. */
export interface Module {
  /** Its id, then those that it had before. */
  readonly ids: readonly [string, ...string[]]
  /** What a connection of it becomes; a text says why it becomes nothing. */
  open(connection: Connection, name: string): Opened | string
}

export interface Opened {
  /** The devices, with their options. What actions declare is in them once they were carried over. */
  devices(): readonly Drafted[]
  act(action: Action): Acted
  /** What a device reports while the feedback holds; null where it reports nothing of the kind. */
  lit(feedback: Feedback): Lit | null
  /** What of the connection itself is to be seen to. */
  readonly notes: readonly string[]
}

export interface Drafted {
  readonly name: string
  readonly protocol: string
  readonly options: JsonObject
}

/** What an action becomes. */
export type Acted =
  | { readonly ok: true; readonly fires: readonly Fire[] }
  | { readonly ok: false; readonly why: string }

export interface Fire {
  readonly device: string
  readonly action: string
  readonly args: JsonObject | readonly unknown[]
}

export interface Lit {
  readonly device: string
  readonly path: string
  readonly equals: string | number | boolean
}

export function no(why: string): Acted {
  return { ok: false, why }
}

/** An action of its module that is not known, or not of this form. */
export function unknownAction(module: string, action: Action): Acted {
  return no(
    `the action ${JSON.stringify(action.name.slice(0, 64))} of ${module} has no counterpart`,
  )
}

/** The reference to a secret that the site itself puts into its environment: no password is carried over. */
export function secretOf(name: string, what: string): string {
  return `\${env:${environmentName(name, what)}}`
}

export function environmentName(name: string, what: string): string {
  return `${name}_${what}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
}
