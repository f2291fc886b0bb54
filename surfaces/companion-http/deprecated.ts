import { bankGesture, bankPlace, noBank } from '../companion-bank.ts'
import type { Wanted } from '../companion.ts'
import { styleIn, styleOfQuery } from '../companion-style.ts'

/**
 * What a `GET` of the old routes asks for (Companion's manual, "HTTP Remote Control", deprecated); null where it is none of them,
 * and the names of what nobody can change here where a style has any.
 */
export function deprecatedRoute(
  parts: readonly string[],
  query: URLSearchParams,
): Wanted | { readonly others: readonly string[] } | null {
  const [root, what = '', page = '', bank = '', way] = parts
  const { length } = parts
  if (root === 'rescan' && length === 1) return { kind: 'rescan' }
  if (root === 'press' && what === 'bank' && (length === 4 || way === 'down' || way === 'up'))
    return length > 5 ? null : bankGesture(page, bank, way ?? 'press', parts.join('/'))
  if (root === 'style' && what === 'bank' && length === 4) {
    const place = bankPlace(page, bank)
    if (place === null) return noBank
    const found = styleIn(styleOfQuery(query))
    return 'style' in found ? { kind: 'style', place, style: found.style } : found
  }
  if (root === 'set' && what === 'custom-variable' && length === 3)
    return { kind: 'write', name: page, value: query.get('value') ?? '' }
  return null
}
