import { failed, type Failure, type FailureCode } from '../intents/failure.ts'
import type { Refusal } from '../surfaces/surface.ts'

/** A refusal: what went wrong for people, a stable code for programs, and the field at fault. */
export function refusal(
  code: string,
  field: string | null,
  failureCode: FailureCode,
  detail: string,
): Refusal {
  return { code, field, failure: failed(failureCode, detail) }
}

/** No device, macro, … of that name; `known` helps with the right one. */
export function unknown(
  what: string,
  field: string,
  name: string,
  known: Iterable<string>,
): Refusal {
  const names = [...known]
  const hint =
    names.length === 0
      ? `there is no ${what} yet`
      : `there are: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`
  return refusal(
    `unknown-${what}`,
    field,
    'not-found',
    `no ${what} '${name.slice(0, 80)}'; ${hint}`,
  )
}

/** A plan's failure as a refusal of a device intent. */
export function planRefusal(verb: 'fire' | 'set', failure: Failure): Refusal {
  const [name, value] = verb === 'fire' ? ['action', 'args'] : ['path', 'value']
  if (failure.code === 'not-found')
    return { code: `unknown-${name}`, field: `intent.${name}`, failure }
  if (failure.code === 'malformed')
    return { code: 'bad-argument', field: `intent.${value}`, failure }
  return { code: failure.code, field: null, failure }
}
