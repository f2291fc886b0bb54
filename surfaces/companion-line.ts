import { misunderstood, noPlace, placeFrom } from './asked.ts'
import { bankLine } from './companion-bank.ts'
import type { Wanted } from './companion.ts'

// Its texts are raw: they may hold quotes and brackets that nothing closes, so they are read before a line is cut into words.
const location = /^\s*location\s+(\S+)\s+(?:(set-step)\s+(\S+)|style\s+(\S+)\s*(.*))$/is
const variable = /^\s*custom-variable\s+(\S+)\s+(?:(get-value)|set-value\s(.*))$/is
const surface = /^\s*surface\s+(\S+)\s+(?:(page-up)|(page-down)|page-set\s+(\d{1,6}))\s*$/i
const rescan = /^\s*surfaces\s+rescan\s*$/i

/**
 * What a line asks for in Companion's words (its manual, "TCP / UDP Control"), its gestures aside; null where it begins with
 * another word. Words in any case.
 */
export function companionLine(line: string): Wanted | null {
  const word = firstWord(line)
  switch (word) {
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
      const [, panel, up, down, page] = surface.exec(line) ?? []
      if (panel === undefined)
        return misunderstood('SURFACE id PAGE-SET page, SURFACE id PAGE-UP or SURFACE id PAGE-DOWN')
      const to = up !== undefined ? 'next' : down !== undefined ? 'previous' : Number(page)
      return { kind: 'turn', panel, to }
    }
    case 'SURFACES':
      return rescan.test(line) ? { kind: 'rescan' } : misunderstood('SURFACES RESCAN')
    default:
      return bankLine(word, line)
  }
}

/** Upper case. Only words that a line of Companion's may begin with are of any use: the longest has 15 letters. */
function firstWord(line: string): string {
  const from = line.search(/\S/)
  return (/^\S+/.exec(line.slice(from, from + 16))?.[0] ?? '').toUpperCase()
}

function atLocation(line: string): Wanted | null {
  const [, at = '', setStep, step, style = '', value = ''] = location.exec(line) ?? []
  if (at === '') return null
  const [page = '', row = '', col = '', extra] = at.split('/')
  const place = extra === undefined ? placeFrom(page, row, col) : null
  if (place === null) return noPlace
  if (setStep !== undefined) return { kind: 'step', place, step: Number(step) }
  switch (style.toLowerCase()) {
    case 'text':
      return { kind: 'style', place, style: { text: value.trim() } }
    case 'color':
      return { kind: 'style', place, style: { color: value } }
    case 'bgcolor':
      return { kind: 'style', place, style: { bgcolor: value } }
    default:
      return misunderstood('STYLE is followed by TEXT, COLOR or BGCOLOR')
  }
}
