import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { fault, type ProblemCode, type ProblemError } from './problem.ts'

/** Checks a value against a schema and names the one field that matters most when it does not fit. */
export interface Shape<S extends TSchema> {
  check(value: unknown): value is Static<S>
  /** @param code what the answer's code is: an argument of a body, or a parameter of the address */
  fault(value: unknown, code: ProblemCode): ProblemError
}

export function shape<S extends TSchema>(schema: S): Shape<S> {
  const compiled = Compile(schema)
  return {
    check: (value): value is Static<S> => compiled.Check(value),
    fault(value, code) {
      const { field, expected } = worst(compiled.Errors(value))
      return fault(code, `${field === '' ? 'The body' : field} ${expected}.`, field || undefined)
    },
  }
}

interface FieldFault {
  readonly field: string
  readonly expected: string
}

/** Errors that only repeat what another one says better. */
const vague = new Set(['anyOf', 'boolean', 'additionalProperties'])

function worst(errors: readonly TLocalizedValidationError[]): FieldFault {
  // An alternative whose own constant (`verb`) does not match was not meant: what else it misses is noise.
  const constants = errors.filter((error) => error.keyword === 'const')
  const notMeant = constants.flatMap(
    ({ schemaPath }) => /^.*?\/anyOf\/\d+(?=\/)/.exec(`${schemaPath}/`)?.[0] ?? [],
  )
  const meant = errors.filter(
    ({ schemaPath }) => !notMeant.some((branch) => `${schemaPath}/`.startsWith(`${branch}/`)),
  )
  const first = meant.find(({ keyword }) => !vague.has(keyword))
  if (first !== undefined) return fieldFault(first)
  const extra = meant.find(({ keyword }) => keyword === 'additionalProperties')
  if (extra !== undefined) return fieldFault(extra)
  const allowed = constants.flatMap((error) =>
    error.keyword === 'const' ? [JSON.stringify(error.params.allowedValue)] : [],
  )
  return {
    field: fieldOf(constants[0]?.instancePath ?? ''),
    expected: `must be one of ${[...new Set(allowed)].join(', ')}`,
  }
}

function fieldFault(error: TLocalizedValidationError): FieldFault {
  const field = fieldOf(error.instancePath)
  const inside = (name: string | undefined) => [field, name ?? ''].filter(Boolean).join('.')
  if (error.keyword === 'required')
    return { field: inside(error.params.requiredProperties[0]), expected: 'is required' }
  if (error.keyword === 'additionalProperties')
    return { field: inside(error.params.additionalProperties[0]), expected: 'is not known here' }
  if (error.keyword === 'type')
    return { field, expected: `must be of type ${[error.params.type].flat().join(' or ')}` }
  if (error.keyword !== 'enum') return { field, expected: error.message }
  const allowed = error.params.allowedValues.map((value) => JSON.stringify(value)).join(', ')
  return { field, expected: `must be one of ${allowed}` }
}

/** A JSON pointer (RFC 6901) as people write a path: `/intent/device` is `intent.device`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
    .slice(0, 200) // the sender chose these names: bounded
}
