import { Type, type TObject, type TSchema } from 'typebox'
import type { Json } from '../../intents/json.ts'

/** A service of Home Assistant with the arguments it takes (its `services.yaml`). */
export interface Service {
  /** `light.turn_on`. */
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, TSchema>>
  readonly required: readonly string[]
  /** Whether it is for entities, areas, devices, floors or labels. */
  readonly targets: boolean
}

type Fields = Readonly<Record<string, TSchema>>

/** A service for entities. Fields whose name ends in `!` are required. */
export function forEntities(name: string, description: string, fields: Fields = {}): Service {
  return made(name, description, fields, true)
}

/** A service that is for nobody in particular. */
export function forNobody(name: string, description: string, fields: Fields = {}): Service {
  return made(name, description, fields, false)
}

function made(name: string, description: string, given: Fields, targets: boolean): Service {
  const entries = Object.entries(given).map(
    ([key, schema]) => [key.replace('!', ''), schema] as const,
  )
  const required = Object.keys(given).flatMap((key) =>
    key.endsWith('!') ? [key.slice(0, -1)] : [],
  )
  return { name, description, fields: Object.fromEntries(entries), required, targets }
}

/** 4,000 characters: the longest text of the standard actions. */
const longestText = 4000

export const text = (description: string) =>
  Type.String({ minLength: 1, maxLength: longestText, description })
/** Text of any length from none, or a number that is written as text. */
export const written = (description: string) =>
  Type.Union([Type.String({ maxLength: longestText }), Type.Number()], { description })
export const number = (minimum: number, maximum: number, description: string) =>
  Type.Number({ minimum, maximum, description })
export const integer = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })
export const flag = (description: string) => Type.Boolean({ description })
export const word = (words: readonly string[], description: string) =>
  Type.Enum([...words], { description })
export const numbers = (count: number, minimum: number, maximum: number, description: string) =>
  Type.Array(Type.Number({ minimum, maximum }), { minItems: count, maxItems: count, description })
export const texts = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
    minItems: 1,
    maxItems: 200,
    description,
  })
export const anything = (description: string) => Type.Unsafe<Json>({ description })
export const object = (description: string) =>
  Type.Record(Type.String(), anything(''), { description })

const oneOrMore = (description: string) =>
  Type.Union(
    [
      Type.String({ minLength: 1, maxLength: 255 }),
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 200 }),
    ],
    { description },
  )

/** Whom a call can be for (developer documents, "Calling a service action": target). */
export const targetFields: Fields = {
  entity_id: oneOrMore('Entities: light.key, or a list'),
  area_id: oneOrMore('All of these areas'),
  device_id: oneOrMore('All of these devices'),
  floor_id: oneOrMore('All of these floors'),
  label_id: oneOrMore('All with these labels'),
}

/** Whether a response is wanted: every service takes it beside its own fields. */
export const responseField = flag('true: report what the service answers')

/** The schema of a service's `args`. */
export function argsSchema(service: Service): TObject {
  const { fields, required, targets } = service
  const own = Object.entries(fields).map(
    ([key, schema]) => [key, required.includes(key) ? schema : Type.Optional(schema)] as const,
  )
  const whom = Object.entries(targets ? targetFields : {}).map(
    ([key, schema]) => [key, Type.Optional(schema)] as const,
  )
  const properties = Object.fromEntries([
    ...whom,
    ...own,
    ['response', Type.Optional(responseField)],
  ])
  return Type.Object(properties, { additionalProperties: false })
}
