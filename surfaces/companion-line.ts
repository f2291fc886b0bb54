import { misunderstood, noPlace, placeFrom } from './asked.ts'
import type { Wanted } from './companion.ts'

// Its texts are raw: they may hold quotes and brackets that nothing closes, so they are read before a line is cut into words.
const location = /^\s*location\s+(\S+)\s+(?:(set-step)\s+(\S+)|style\s+(\S+).*)\s*$/is
const variable = /^\s*custom-variable\s+(\S+)\s+(?:(get-value)|set-value\s(.*))$/is
const surface = /^\s*surface\s+(\S+)\s+(?:page-up|page-down|page-set\s+\d{1,6})\s*$/i
const rescan = /^\s*surfaces\s+rescan\s*$/i

/**
 * What a line asks for in Companion's words (its manual, "TCP / UDP Control"), its gestures aside; null where it begins with
 * another word. Words in any case.
 */
export function companionLine(line: string): Wanted | null {
  switch (firstWord(line)) {
    case 'LOCATION':
      return atLocation(line)
    case 'CUSTOM-VARIABLE': {
      const [, name = '', get, value = ''] = variable.exec(line) ?? []
      if (name === '')
        return misunderstood(
          'CUSTOM-VARIABLE name SET-VALUE value, or CUSTOM-VARIABLE name GET-VALUE',
        )
      return get === undefined
        ? { kind: 'write', name, value: value.trim() }
        : { kind: 'read', name }
    }
    case 'SURFACE': {
      const [, panel] = surface.exec(line) ?? []
      return panel === undefined
        ? misunderstood('SURFACE id PAGE-SET page, SURFACE id PAGE-UP or SURFACE id PAGE-DOWN')
        : { kind: 'turn', panel }
    }
    case 'SURFACES':
      return rescan.test(line) ? { kind: 'rescan' } : misunderstood('SURFACES RESCAN')
    default:
      return null
  }
}

/** Upper case. Only words that a line of Companion's may begin with are of any use: the longest has 15 letters. */
function firstWord(line: string): string {
  const from = line.search(/\S/)
  return (/^\S+/.exec(line.slice(from, from + 16))?.[0] ?? '').toUpperCase()
}

function atLocation(line: string): Wanted | null {
  const [, at = '', setStep, step, style] = location.exec(line) ?? []
  if (at === '') return null
  const [page = '', row = '', col = '', extra] = at.split('/')
  const place = extra === undefined ? placeFrom(page, row, col) : null
  if (place === null) return noPlace
  if (setStep !== undefined) return { kind: 'step', place, step: Number(step) }
  return /^(?:text|color|bgcolor)$/i.test(style ?? '')
    ? { kind: 'style', place }
    : misunderstood('STYLE is followed by TEXT, COLOR or BGCOLOR')
}
