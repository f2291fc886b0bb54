import type { PanelControl, Said, Takes } from '../desk.ts'
import { shown } from '../asked.ts'

// The lines of a box, as docs/surfaces/serial.md has them. Everything in them is hostile: a cable picks up noise.

/** What a box is made of. */
export interface Box {
  readonly id: string
  readonly product: string
  /** In the order of their numbers, from 0: keys, then encoders, then faders. */
  readonly controls: readonly PanelControl[]
}

export type BoxSaid =
  | { readonly kind: 'hello'; readonly box: Box }
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'wrong'; readonly detail: string }

/** Rows and columns of a panel are 0 to 31. */
const most = 32

/** What a line says; `box` is the one that said HELLO, null before. */
export function parseBoxLine(line: string, box: Box | null): BoxSaid {
  const [word = '', first = '', second, ...more] = line.trim().split(/\s+/)
  const verb = word.toUpperCase()
  if (verb === 'HELLO') return hello(first, second === undefined ? [] : [second, ...more])
  if (box === null) return wrong('say HELLO first')
  if (verb === 'PAGE') return second === undefined ? page(first) : wrong('PAGE takes one word')
  if (more.length > 0) return wrong(`${shown(verb)} takes fewer words`)
  const control = /^\d{1,4}$/.test(first) ? box.controls[Number(first)] : undefined
  if (!verbs.has(verb)) return wrong(`${shown(word)} is none of ${[...verbs].join(', ')} and PAGE`)
  if (control === undefined)
    return wrong(`${shown(first)} is no control: they are 0 to ${box.controls.length - 1}`)
  const { row, col } = control
  switch (verb) {
    case 'DOWN':
    case 'UP':
    case 'PRESS':
      return second === undefined
        ? said({ type: verb === 'DOWN' ? 'down' : verb === 'UP' ? 'up' : 'press', row, col })
        : wrong(`${verb} takes one number`)
    case 'TURN': {
      const steps = whole(second, -64, 64)
      return steps === null || steps === 0
        ? wrong('TURN takes a control and its steps, -64 to 64 and not 0')
        : said({ type: 'rotate', steps, row, col })
    }
    case 'FADER': {
      const position = whole(second, 0, 1000)
      return position === null
        ? wrong('FADER takes a control and its position, 0 to 1000')
        : said({ type: 'fader', position: position / 1000, row, col })
    }
    default: {
      const on = whole(second, 0, 1)
      return on === null
        ? wrong('TOUCH takes a control and 1 or 0')
        : said({ type: 'touch', on: on === 1, row, col })
    }
  }
}

const verbs: ReadonlySet<string> = new Set(['DOWN', 'UP', 'PRESS', 'TURN', 'FADER', 'TOUCH'])

function page(word: string): BoxSaid {
  switch (word.toUpperCase()) {
    case 'NEXT':
      return said({ type: 'page', to: 'next' })
    case 'PREVIOUS':
      return said({ type: 'page', to: 'previous' })
    default: {
      const to = whole(word, 1, 999_999)
      return to === null
        ? wrong('PAGE takes NEXT, PREVIOUS or a number')
        : said({ type: 'page', to })
    }
  }
}

function hello(id: string, words: readonly string[]): BoxSaid {
  if (!/^[\w.:-]{1,64}$/.test(id))
    return wrong('HELLO takes an id of letters, digits and _ . : -, at most 64')
  const given = new Map<string, string>()
  for (const word of words) {
    const [, name, value] = /^([A-Za-z]+)=(.+)$/.exec(word) ?? []
    if (name === undefined || value === undefined) return wrong(`${shown(word)} is not NAME=value`)
    given.set(name.toUpperCase(), value)
  }
  const count = (name: string, max: number, otherwise: number) =>
    given.has(name) ? whole(given.get(name), 0, max) : otherwise
  const keys = count('KEYS', 512, 0)
  const encoders = count('ENCODERS', most, 0)
  const faders = count('FADERS', most, 0)
  const columns = count('COLUMNS', most, 8)
  if (keys === null || encoders === null || faders === null || columns === null || columns === 0)
    return wrong('HELLO: KEYS is 0 to 512, ENCODERS and FADERS 0 to 32, COLUMNS 1 to 32')
  const rows = Math.ceil(keys / columns)
  if (rows + (encoders > 0 ? 1 : 0) + (faders > 0 ? 1 : 0) > most)
    return wrong(`HELLO: more than ${most} rows`)
  const shows = new Set((given.get('SHOWS') ?? '').toUpperCase().split(','))
  const takes: Takes = {
    bitmap: null,
    text: shows.has('TEXT'),
    colour: true,
    level: shows.has('LEVEL'),
  }
  const inRow = (kind: 'encoder' | 'fader', count: number, row: number) =>
    Array.from({ length: count }, (_, col): PanelControl => ({ kind, row, col, takes }))
  const controls = [
    ...Array.from({ length: keys }, (_, n): PanelControl => {
      return { kind: 'key', row: Math.floor(n / columns), col: n % columns, takes }
    }),
    ...inRow('encoder', encoders, rows),
    ...inRow('fader', faders, rows + (encoders > 0 ? 1 : 0)),
  ]
  if (controls.length === 0) return wrong('HELLO: at least one of KEYS, ENCODERS and FADERS')
  return { kind: 'hello', box: { id, product: given.get('PRODUCT') ?? 'serial box', controls } }
}

function whole(text: string | undefined, least: number, greatest: number): number | null {
  if (text === undefined || !/^[+-]?\d{1,6}$/.test(text)) return null
  const value = Number(text)
  return value >= least && value <= greatest ? value : null
}

function said(said: Said): BoxSaid {
  return { kind: 'said', said }
}

function wrong(detail: string): BoxSaid {
  return { kind: 'wrong', detail }
}
