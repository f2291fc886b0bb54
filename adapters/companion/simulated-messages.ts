import type { OscMessage } from '../../wire/osc.ts'
import { plainArgs } from '../../wire/osc-plain.ts'
import type { Json } from '../../intents/json.ts'
import type { Said, Simulated } from './simulated.ts'

// Companion's line protocol and OSC, as its manual says them.

const errors: Readonly<Record<Exclude<Said, 'ok'>, string>> = {
  'no control': '-ERR No control at location',
  'bad step': '-ERR Step out of range',
  'unknown name': '-ERR Unknown name',
  'no page': '+OK Page not found',
}

/** What is answered to a line over TCP. */
export function answerLine(of: Simulated, text: string): string {
  const line = text.trim()
  const at = /^location ([^/\s]+)\/([^/\s]+)\/([^/\s]+) (.+)$/is.exec(line)
  if (at !== null) {
    const [page, row, column] = [Number(at[1]), Number(at[2]), Number(at[3])]
    if ([page, row, column].some(Number.isNaN)) return '-ERR Syntax error'
    return atControl(of, [page, row, column], at[4] ?? '')
  }
  const set = /^custom-variable ([^/]+?) set-value (.+)$/is.exec(line)
  if (set !== null) return said(of.write(set[1] ?? '', set[2] ?? ''))
  const get = /^custom-variable ([^/]+?) get-value$/i.exec(line)
  if (get !== null) {
    const value = of.read('custom', get[1] ?? '')
    return value === undefined ? '-ERR Variable not found' : `+OK ${JSON.stringify(value)}`
  }
  if (/^surfaces rescan$/i.test(line)) return '+OK'
  const surface = /^surface ([^/]+?) (?:page-up|page-down|page-set ([^/]+))$/i.exec(line)
  if (surface === null) return '-ERR Syntax error'
  const turned = surface[2] === undefined ? 'ok' : of.turn(Number(surface[2]))
  return turned === 'ok' ? `+OK If ${surface[1]} is connected` : said(turned)
}

function atControl(of: Simulated, at: readonly [number, number, number], verb: string): string {
  if (/^(?:press|down|up|rotate-left|rotate-right)$/i.test(verb)) return said(of.control(...at))
  const step = /^set-step ([^/]+)$/i.exec(verb)
  if (step !== null) return said(of.step(...at, Number(step[1])))
  const style = /^style (text|color|bgcolor)(?: (.+))?$/is.exec(verb)
  if (style === null) return '-ERR Syntax error'
  return said(of.style(...at, { [(style[1] ?? '').toLowerCase()]: style[2] ?? '' }))
}

function said(word: Said): string {
  return word === 'ok' ? '+OK' : errors[word]
}

/** Does what an OSC message says. It answers nothing. */
export function takeOsc(of: Simulated, { address, args }: OscMessage): void {
  const plain = plainArgs(args)
  const first: Json | undefined = plain.ok ? plain.values[0] : undefined
  const at = /^\/location\/([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/.exec(address)
  const style = /^style\/(text|color|bgcolor)$/.exec(at?.[4] ?? '')
  if (at !== null && style !== null && first !== undefined)
    of.style(Number(at[1]), Number(at[2]), Number(at[3]), { [style[1] ?? '']: first })
  const name = /^\/custom-variable\/([^/]+)\/value$/.exec(address)
  if (name !== null && first !== undefined) of.write(name[1] ?? '', first)
}
