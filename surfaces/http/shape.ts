import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { Errors } from 'typebox/value'
import { alternativeOf } from './alternative.ts'
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
      const { field, expected } = worst(schema, value)
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

function worst(schema: TSchema, value: unknown): FieldFault {
  const meant = alternativeOf(schema, value)
  if (!meant.ok) return { field: fieldOf(meant.pointer), expected: oneOf(meant.allowed) }
  const errors = Errors(meant.schema, value)
  const first =
    errors.find(({ keyword }) => !vague.has(keyword)) ??
    errors.find(({ keyword }) => keyword === 'additionalProperties') ??
    errors[0]
  return first === undefined ? { field: '', expected: 'has the wrong form' } : fieldFault(first)
}

function fieldFault(error: TLocalizedValidationError): FieldFault {
  const field = fieldOf(error.instancePath)
  const inside = (name = '') => [field, name.slice(0, 64)].filter(Boolean).join('.')
  if (error.keyword === 'required')
    return { field: inside(error.params.requiredProperties[0]), expected: 'is required' }
  if (error.keyword === 'additionalProperties')
    return { field: inside(error.params.additionalProperties[0]), expected: 'is not known here' }
  if (error.keyword === 'type')
    return { field, expected: `must be of type ${[error.params.type].flat().join(' or ')}` }
  if (error.keyword === 'enum') return { field, expected: oneOf(error.params.allowedValues) }
  return { field, expected: error.message }
}

function oneOf(allowed: readonly unknown[]): string {
  return `must be one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`
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
