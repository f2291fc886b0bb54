import { escaped } from '../verifier/document.ts'
import type { Ended, IntentRow, ReportModel } from './model.ts'

// The picture of a part of the record: a lane for each device, a mark for each intent, by its outcome. Pure.

const width = 1000
const laneHeight = 26
const labelWidth = 130
const top = 8
const axisHeight = 24
/** More would be too thin to read; what is beyond shares the last. */
const mostLanes = 14
/** Where two intents of one outcome are nearer than that, one mark stands for both. Pixels. */
const markWidth = 4

/** What stands for an outcome: not by its colour alone. */
type Mark = 'done' | 'warned' | 'bad' | 'open'

/** @returns an SVG element, of a size that does not grow with the record */
export function timeline(model: ReportModel): string {
  const { first, last, intents, spans, record } = model
  if (first === null || last === null) return ''
  const length = Math.max(1, last - first)
  const x = (at: number) =>
    labelWidth +
    ((Math.min(last, Math.max(first, at)) - first) / length) * (width - labelWidth - 10)
  const lanes = lanesOf(intents)
  const bottom = top + Math.max(1, lanes.length) * laneHeight
  const bands = spans.map(({ from, to, what }) => {
    const left = x(from)
    return `<rect class="span ${what}" x="${one(left)}" y="${top}" width="${one(Math.max(2, x(to) - left))}" height="${bottom - top}"/>`
  })
  const rules = record
    .filter(({ isGap }) => isGap)
    .slice(0, 200)
    .map(({ at }) => `<path class="gap" d="M${one(x(at))} ${top}V${bottom}"/>`)
  const rows = lanes.map(({ name, rows: own }, i) => {
    const y = top + i * laneHeight + laneHeight / 2
    return `<path class="lane" d="M${labelWidth} ${y}H${width - 10}"/><text class="name" x="${labelWidth - 8}" y="${y + 4}">${escaped(short(name))}</text>${marks(own, x, y)}`
  })
  const ticks = ticksOf(first, last).map(
    (at) =>
      `<path class="tick" d="M${one(x(at))} ${bottom}v5"/><text class="time" x="${one(x(at))}" y="${bottom + 18}">${timeOf(at, length)}</text>`,
  )
  const label = `${intents.length} intents on ${lanes.length} lanes, from ${iso(first)} to ${iso(last)}`
  return `<svg viewBox="0 0 ${width} ${bottom + axisHeight}" role="img" aria-label="${escaped(label)}">${[...bands, ...rules, ...rows, ...ticks].join('')}</svg>`
}

/** Every mark with the words that say what it stands for: outcomes that share one share its meaning. */
export function legend(): string {
  const words: readonly (readonly [Mark, string])[] = [
    ['done', 'confirmed or sent'],
    ['warned', 'cancelled or expired'],
    ['bad', 'refused, failed or unknown'],
    ['open', 'no end in this part'],
  ]
  return words
    .map(
      ([mark, text]) =>
        `<li><svg viewBox="0 0 14 14" class="key" aria-hidden="true">${shape(mark, 7, 7)}</svg> ${text}</li>`,
    )
    .join('')
}

function lanesOf(
  intents: readonly IntentRow[],
): readonly { readonly name: string; readonly rows: readonly IntentRow[] }[] {
  const lanes = new Map<string, IntentRow[]>()
  for (const row of intents) {
    const name = row.device ?? 'no device'
    const rows = lanes.get(name)
    if (rows === undefined) lanes.set(name, [row])
    else rows.push(row)
  }
  const all = [...lanes].map(([name, rows]) => ({ name, rows }))
  const busiest = all.toSorted((a, b) => b.rows.length - a.rows.length)
  if (busiest.length <= mostLanes) return all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rest = busiest.slice(mostLanes - 1)
  return [
    ...busiest.slice(0, mostLanes - 1),
    { name: `${rest.length} more`, rows: rest.flatMap(({ rows }) => rows) },
  ]
}

/** One mark for those that would stand on one another; what is worse is drawn above. */
function marks(rows: readonly IntentRow[], x: (at: number) => number, y: number): string {
  const order: readonly Mark[] = ['done', 'open', 'warned', 'bad']
  const drawn = order.flatMap((mark) => {
    const places = rows
      .filter(({ ended }) => markOf(ended) === mark)
      .map(({ at }) => Math.round(x(at) / markWidth) * markWidth)
    return [...new Set(places)].map((place) => shape(mark, place, y))
  })
  return drawn.join('')
}

/** What an outcome looks like, in the picture and in words. */
export function markOf(ended: Ended): Mark {
  switch (ended) {
    case 'confirmed':
    case 'sent':
      return 'done'
    case 'cancelled':
    case 'expired':
      return 'warned'
    case 'refused':
    case 'failed':
    case 'unknown':
      return 'bad'
    case 'open':
      return 'open'
    default:
      return ended satisfies never
  }
}

function shape(mark: Mark, x: number, y: number): string {
  switch (mark) {
    case 'done':
      return `<circle class="done" cx="${x}" cy="${y}" r="3.5"/>`
    case 'warned':
      return `<path class="warned" d="M${x} ${y - 5}l5 9h-10z"/>`
    case 'bad':
      return `<path class="bad" d="M${x - 4} ${y - 4}l8 8m0-8l-8 8"/>`
    case 'open':
      return `<circle class="open" cx="${x}" cy="${y}" r="3.5"/>`
    default:
      return mark satisfies never
  }
}

/** Round steps: seconds, minutes, hours, days. Milliseconds. */
const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
]
/** As many times stand side by side without touching. */
const mostTicks = 8

function ticksOf(first: number, last: number): readonly number[] {
  const step = (steps.find((s) => (last - first) / (s * 1000) <= mostTicks) ?? 7 * 86_400) * 1000
  const count = Math.min(mostTicks, Math.floor((last - first) / step))
  const start = Math.ceil(first / step) * step
  return Array.from({ length: count + 1 }, (_, i) => start + i * step).filter((at) => at <= last)
}

const one = (value: number) => value.toFixed(1)
const iso = (at: number) => new Date(at).toISOString()
const short = (name: string) => (name.length > 18 ? `${name.slice(0, 17)}…` : name)
/** UTC. */
const timeOf = (at: number, length: number) =>
  length > 172_800_000 ? iso(at).slice(5, 16).replace('T', ' ') : iso(at).slice(11, 19)
