import type { OscArg } from '../wire/osc-arg.ts'
import { plainArgs } from '../wire/osc-plain.ts'
import type { Json } from '../intents/json.ts'
import { type Asked, gesture, misunderstood, shown } from './asked.ts'
import type { Wanted } from './companion.ts'
import type { ControlPlace } from './surface.ts'

// The deprecated commands, by button numbers, which scripts of years ago still send: Companion's manual, "Deprecated commands" of
// each of its languages (5.0). Each is one of today's in other words.

/** How many buttons an old page of Companion has, and a row of it. They count from 1. */
const perPage = 32
const perRow = 8

/** Where the button of that number is; null where it is none. */
export function bankPlace(page: string, bank: string): ControlPlace | null {
  const index = Number(bank) - 1
  const isPlace = /^\d{1,6}$/.test(page) && Number(page) >= 1 && Number.isInteger(index)
  return isPlace && index >= 0 && index < perPage
    ? { page: Number(page), row: Math.floor(index / perRow), col: index % perRow }
    : null
}

export const noBank = misunderstood(
  `a button is a page from 1 and a number from 1 to ${perPage}, in rows of ${perRow}`,
)

/** A gesture at the button of that number. */
export function bankGesture(page: string, bank: string, word: string, control: string): Asked {
  const at = bankPlace(page, bank)
  return at === null
    ? noBank
    : gesture(String(at.page), String(at.row), String(at.col), word, control)
}

const pressing = /^\s*bank-(press|down|up)\s+(\S+)\s+(\S+)\s*$/i
const stepping = /^\s*bank-step\s+(\S+)\s+(\S+)\s+(\S+)\s*$/i
const styling = /^\s*style\s+bank\s+(\S+)\s+(\S+)\s+(text|color|bgcolor)(?:\s+(.*))?$/is
const turning = /^\s*page-(?:(up|down)|set\s+(\d{1,6}))\s+(\S+)\s*$/i
const rescan = /^\s*rescan\s*$/i

/** What a line that begins with `word` asks for in the words of old; null where it is none of them. */
export function bankLine(word: string, line: string): Wanted | null {
  switch (word) {
    case 'BANK-PRESS':
    case 'BANK-DOWN':
    case 'BANK-UP': {
      const [, what = '', page = '', bank = ''] = pressing.exec(line) ?? []
      return bankGesture(page, bank, what.toLowerCase(), line.trim())
    }
    case 'BANK-STEP': {
      const [, page = '', bank = '', step] = stepping.exec(line) ?? []
      const place = bankPlace(page, bank)
      return place === null ? noBank : { kind: 'step', place, step: Number(step) }
    }
    case 'STYLE': {
      const [, page = '', bank = '', what = '', value = ''] = styling.exec(line) ?? []
      return style(page, bank, what.toLowerCase(), value.trim())
    }
    case 'PAGE-SET':
    case 'PAGE-UP':
    case 'PAGE-DOWN': {
      const [, way, page, panel] = turning.exec(line) ?? []
      if (panel === undefined) return misunderstood('PAGE-SET page id, PAGE-UP id or PAGE-DOWN id')
      const to = way === undefined ? Number(page) : way.toLowerCase() === 'up' ? 'next' : 'previous'
      return { kind: 'turn', panel, to }
    }
    case 'RESCAN':
      return rescan.test(line) ? { kind: 'rescan' } : misunderstood('RESCAN')
    default:
      return null
  }
}

/** What an OSC message asks for in the words of old; null where it is none of them. `parts`: the address at its slashes. */
export function bankAddress(
  parts: readonly string[],
  args: readonly OscArg[],
  address: string,
): Wanted | null {
  const [, root, what = '', page = '', bank = ''] = parts
  if (root === 'rescan' && parts.length === 2) return { kind: 'rescan' }
  if (parts.length !== 5) return null
  if (root === 'press' && what === 'bank') {
    const [held] = args
    // 1 and 0 as integers are a hand that goes down and up; all else, 1.0 of a fader too, is a press
    const word =
      held?.type !== 'i' ? 'press' : held.value === 1 ? 'down' : held.value === 0 ? 'up' : 'press'
    return bankGesture(page, bank, word, address)
  }
  if (root !== 'style') return null
  const plain = plainArgs(args)
  if (!plain.ok) return misunderstood(plain.detail)
  const [first] = plain.values
  return style(page, bank, what, what === 'text' ? first : plain.values)
}

function style(page: string, bank: string, what: string, value: Json | undefined): Wanted {
  const place = bankPlace(page, bank)
  if (place === null) return noBank
  if (what !== 'text' && what !== 'color' && what !== 'bgcolor')
    return misunderstood(`${shown(what)} is none of text, color and bgcolor`)
  return value === undefined
    ? misunderstood(`${what} needs its value`)
    : { kind: 'style', place, style: { [what]: value } }
}
