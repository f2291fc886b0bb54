import type { OscArg } from '../wire/osc-arg.ts'
import { plainArgs } from '../wire/osc-plain.ts'
import { gesture, isGesture, misunderstood, noPlace, placeFrom, shown } from './asked.ts'
import { bankAddress } from './companion-bank.ts'
import type { Wanted } from './companion.ts'
import { isPattern } from './osc-pattern.ts'

/**
 * What an OSC message asks for in Companion's words (its manual, "OSC Control"); null where its address begins with another.
 * `parts`: the address at its slashes.
 */
export function companionAddress(
  parts: readonly string[],
  args: readonly OscArg[],
  address: string,
): Wanted | null {
  const [, root, first = '', second = ''] = parts
  switch (root) {
    case 'location':
      return atLocation(parts, args, address)
    case 'custom-variable': {
      if (parts.length !== 4 || second !== 'value' || first === '')
        return misunderstood(`${shown(address)} is not /custom-variable/<name>/value`)
      const plain = plainArgs(args)
      if (!plain.ok) return misunderstood(plain.detail)
      const [value] = plain.values
      return value === undefined
        ? misunderstood('a custom variable needs a value')
        : { kind: 'write', name: first, value }
    }
    case 'surfaces':
      return parts.length === 3 && first === 'rescan'
        ? { kind: 'rescan' }
        : misunderstood(`${shown(address)} is not /surfaces/rescan`)
    default:
      return bankAddress(parts, args, address)
  }
}

function atLocation(parts: readonly string[], args: readonly OscArg[], address: string): Wanted {
  const [, , page = '', row = '', col = '', word = '', style = ''] = parts
  const place = placeFrom(page, row, col)
  if (parts.length === 7 && word === 'style') {
    if (style !== 'text' && style !== 'color' && style !== 'bgcolor')
      return misunderstood(`${shown(style)} is none of text, color and bgcolor`)
    if (place === null) return noPlace
    const plain = plainArgs(args)
    if (!plain.ok) return misunderstood(plain.detail)
    const [first] = plain.values
    if (first === undefined) return misunderstood(`${style} needs its value`)
    // a colour may come as three numbers
    const value = style !== 'text' && plain.values.length === 3 ? plain.values : first
    return { kind: 'style', place, style: { [style]: value } }
  }
  if (parts.length !== 6)
    return misunderstood(`${shown(address)} is not /location/<page>/<row>/<column>/<gesture>`)
  if (word === 'step') {
    const [step] = args
    if (step === undefined || typeof step.value !== 'number')
      return misunderstood('a step needs its number')
    return place === null ? noPlace : { kind: 'step', place, step: step.value }
  }
  if (place === null && isGesture(word) && [page, row, col].some(isPattern))
    return { kind: 'gestures', page, row, col, gesture: word, control: address.slice(0, 128) }
  // its clients may send the button's value along; it means nothing to a Companion either
  return gesture(page, row, col, word, address)
}
