import { Type, type Static } from 'typebox'
import { failed } from '../intents/failure.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { type Asked, misunderstood, set, shown } from './asked.ts'
import { type Style, styled } from './companion-style.ts'
import { oscPattern } from './osc-pattern.ts'
import { saidLike } from './said-value.ts'
import { type ControlGesture, type ControlPlace, placeName, type SurfaceHost } from './surface.ts'

// What clients of Bitfocus Companion ask for beside gestures. The commands and what they mean are those of its manual, chapters
// "HTTP Remote Control", "OSC Control" and "TCP / UDP Control" (5.0); the readers of each language are beside this file.

export type CompanionAsked =
  /** Controls whose place fits three patterns, one gesture at each. */
  | {
      readonly kind: 'gestures'
      readonly page: string
      readonly row: string
      readonly col: string
      readonly gesture: ControlGesture
      readonly control: string
    }
  | { readonly kind: 'step'; readonly place: ControlPlace; readonly step: number }
  | { readonly kind: 'style'; readonly place: ControlPlace; readonly style: Style }
  | { readonly kind: 'write'; readonly name: string; readonly value: Json }
  | { readonly kind: 'read'; readonly name: string }
  | { readonly kind: 'turn'; readonly panel: string; readonly to: 'next' | 'previous' | number }
  | { readonly kind: 'rescan' }

/** What a client said, before it is known what of it there is. */
export type Wanted = Asked | CompanionAsked

/** The keys of every surface that speaks Companion's language. */
export const companionKeys = {
  variables: Type.Record(
    Type.String(),
    Type.Object(
      {
        device: Type.String({
          pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$',
          description: 'A device of the config.',
        }),
        path: Type.String({ minLength: 1, maxLength: 500, description: 'What of it.' }),
      },
      { additionalProperties: false },
    ),
    {
      default: {},
      description:
        "Companion's custom variables, by name: writing one sets this path of this device, reading it reads what the device says of it.",
    },
  ),
}
export type Variables = Static<typeof companionKeys.variables>

/** One message presses at most so many controls: more than any grid shows. */
const mostMatched = 1024

/** What is asked of the hub, in order. */
export function understood(
  wanted: Wanted,
  host: Pick<SurfaceHost, 'faces' | 'states' | 'panels'>,
  variables: Variables,
): readonly Asked[] {
  switch (wanted.kind) {
    case 'intent':
    case 'gesture':
    case 'done':
    case 'error':
      return [wanted]
    case 'gestures':
      return matched(wanted, host)
    case 'step':
      return [step(wanted.place, wanted.step, host)]
    case 'style': {
      const none = missing(wanted.place, host)
      return none === null ? styled(wanted.place, wanted.style) : [none]
    }
    case 'write': {
      const { name, value } = wanted
      const at = Object.hasOwn(variables, name) ? variables[name] : undefined
      if (at === undefined) return [unknown(name)]
      // its clients can say texts only in most of its languages
      const said = saidLike(value, variableValue(name, host, variables))
      return [set(at.device, at.path, said, `variable ${name}`)]
    }
    case 'read': {
      const value = variableValue(wanted.name, host, variables)
      return [
        value === undefined ? unknown(wanted.name) : { kind: 'done', said: JSON.stringify(value) },
      ]
    }
    case 'turn':
      return [turned(wanted.panel, wanted.to, host)]
    case 'rescan':
      // panels are found as they are plugged in: what is asked for is so already
      return [{ kind: 'done', said: '' }]
    default:
      return wanted satisfies never
  }
}

/** What stands in a custom variable; undefined where there is none, or its device has not said it. */
export function variableValue(
  name: string,
  { states }: Pick<SurfaceHost, 'states'>,
  variables: Variables,
): Json | undefined {
  const at = Object.hasOwn(variables, name) ? variables[name] : undefined
  return at === undefined ? undefined : states.at(at.device as DeviceId, at.path) // by its schema
}

/** A control of ours has one step, as Companion's have until more are added. */
function step(place: ControlPlace, step: number, host: Pick<SurfaceHost, 'faces'>): Asked {
  const none = missing(place, host)
  if (none !== null) return none
  return step === 1
    ? { kind: 'done', said: '' }
    : unable(`${placeName(place)} has one step, so it cannot go to step ${step}`)
}

/** A page is turned at once, and is no intent: as by the panel's own keys. */
function turned(
  panel: string,
  to: 'next' | 'previous' | number,
  { panels }: Pick<SurfaceHost, 'panels'>,
): Asked {
  const answer = panels.turn(panel, to)
  if (answer.ok) return { kind: 'done', said: '' }
  return answer.code === 'not-found' ? notFound(answer.detail) : unable(answer.detail)
}

function missing(place: ControlPlace, { faces }: Pick<SurfaceHost, 'faces'>): Asked | null {
  return faces.at(place) === null ? notFound(`there is no control at ${placeName(place)}`) : null
}

function unknown(name: string): Asked {
  return notFound(
    `there is no custom variable ${shown(name)} here that is known: name it under variables of this surface`,
  )
}

function notFound(detail: string): Asked {
  return { kind: 'error', failure: failed('not-found', detail) }
}

function unable(detail: string): Asked {
  return { kind: 'error', failure: failed('refused', detail) }
}

/** The controls that three patterns name, in the order of the config. */
function matched(
  { page, row, col, gesture, control }: Extract<Wanted, { readonly kind: 'gestures' }>,
  { faces }: Pick<SurfaceHost, 'faces'>,
): readonly Asked[] {
  const fits = [oscPattern(page), oscPattern(row), oscPattern(col)] as const
  if (fits[0] === null || fits[1] === null || fits[2] === null)
    return [misunderstood(`${shown(control)} holds a [ or { that is not closed, or is too long`)]
  const found: Asked[] = []
  for (const [place] of faces.all())
    if (
      fits[0](String(place.page)) &&
      fits[1](String(place.row)) &&
      fits[2](String(place.col)) &&
      found.push({ kind: 'gesture', place, gesture, control: placeName(place) }) > mostMatched
    )
      return [misunderstood(`${shown(control)} fits more than ${mostMatched} controls`)]
  return found.length > 0 ? found : [notFound(`no control fits ${shown(control)}`)]
}
