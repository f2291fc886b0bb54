import type { Bench } from './bench.ts'
import { text, words } from './field.ts'
import type { Feedback } from './model.ts'
import type { Lit } from './modules/module.ts'

// Conditions of Companion as our expressions, where reports of devices stand for them: executeLogicFeedback in
// companion/lib/Internal/BuildingBlocks.ts, booleanAnd in companion/lib/Resources/Util.ts.

/** Whether all of them hold, as there: of no condition at all nothing holds. null: one of them has no counterpart. */
export function allOf(bench: Bench, conditions: readonly Feedback[]): string | null {
  if (conditions.length === 0) return 'false'
  return joined(
    conditions.map((one) => testOf(bench, one)),
    ' && ',
  )
}

/** One condition; null: nothing here stands for it. */
function testOf(bench: Bench, condition: Feedback): string | null {
  if (condition.connection === 'internal') return internalTest(bench, condition)
  const found = bench.lit(condition)
  if (found !== null) return litTest(found)
  const opposite = condition.inverted ? bench.lit({ ...condition, inverted: false }) : null
  return opposite === null ? null : `!(${litTest(opposite)})`
}

function litTest({ device, path, equals }: Lit): string {
  return `state(${JSON.stringify(device)}, ${JSON.stringify(path)}) == ${JSON.stringify(equals)}`
}

/** Of Companion's own, what combines others, and expressions that are a plain true or false. */
function internalTest(bench: Bench, condition: Feedback): string | null {
  const { name, options, inverted } = condition
  const inverse = (test: string | null) => (test === null || !inverted ? test : `!(${test})`)
  if (name === 'check_expression') {
    const plain = words(options['expression'])?.trim()
    return plain === 'true' || plain === 'false' ? inverse(plain) : null
  }
  // up to Companion 4.0 each was one of its own
  const operation =
    name === 'logic_operator' ? text(options, 'operation') : name.slice('logic_'.length)
  if (condition.computed || !name.startsWith('logic_')) return null
  const parts = condition.parts.map((one) => testOf(bench, one))
  switch (operation) {
    case 'and':
      return parts.length === 0 ? inverse('false') : inverse(joined(parts, ' && '))
    case 'or':
      return parts.length === 0 ? inverse('false') : inverse(joined(parts, ' || '))
    case 'xor':
      return inverse(oneOf(parts))
    default:
      return null
  }
}

/** Exactly one of them. */
function oneOf(tests: readonly (string | null)[]): string | null {
  const list = joined(tests, ', ')
  return list === null ? null : `[${list}].filter(x, x).size() == 1`
}

function joined(tests: readonly (string | null)[], by: string): string | null {
  const known = tests.filter((test) => test !== null)
  if (known.length < tests.length) return null
  return known.map((test) => (known.length === 1 ? test : `(${test})`)).join(by)
}
