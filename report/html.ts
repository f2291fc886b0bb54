import { hash } from 'node:crypto'
import { duration } from '../web/sentence.js'
import { escaped, htmlDocument, verifyForm } from '../verifier/document.ts'
import type { Ended, IntentRow, RecordRow, ReportModel } from './model.ts'
import type { ReadBundle } from './sealed-entry.ts'
import { pageStyle, reportStyle } from './style.ts'
import { legend, markOf, timeline } from './timeline.ts'

/** What the report's maker says of it. None of it is proven. */
export interface Claim {
  /** Milliseconds since the epoch. */
  readonly madeAt: number
  readonly version: string
  /** The verdict in words, and whose key it was reached with. */
  readonly verdict: readonly (readonly [word: string, text: string])[]
  readonly keys: readonly string[]
  readonly redacted: number
}

export interface ReportParts {
  readonly bundle: ReadBundle
  readonly model: ReportModel
  readonly claim: Claim
  /** The bundle, made small with gzip. */
  readonly gzip: Buffer
  /** What makes it verify itself. */
  readonly verifier: { readonly styles: string; readonly script: string }
}

/** A report as one file that asks nothing of any network, and verifies itself with the reader's key. Pure. */
export function reportHtml({ bundle, model, claim, gzip, verifier }: ReportParts): string {
  const title = `${bundle.origin}, ${when(model.first)} to ${when(model.last)}`
  const words = [
    facts(bundle, model, claim),
    picture(model),
    recordTable(model.record),
    intentTable(model),
    claimBox(claim),
    proofs(bundle),
  ].join('\n')
  const body = `<main>
<h1>What was done: ${escaped(bundle.origin)}</h1>
<p class="soft">${escaped(when(model.first))} to ${escaped(when(model.last))}. All times are UTC.</p>
<section class="own" aria-labelledby="own">
<h2 id="own">Verify this report</h2>
<p class="screen">Its sealed lines are inside it. Paste the public key of the log, which you have from elsewhere: a key in this file would prove
nothing. Who could change this file could change its program, too: to be sure, open it in your own copy of
<code>infra-verify.html</code>, or save the bundle for <code>infra-verify.mjs</code>.</p>
${verifyForm({ file: false })}
<p class="screen"><button type="button" id="save">Save the bundle</button></p>
</section>
<div id="report" data-sha256="${hash('sha256', textOf(words), 'base64')}">${words}</div>
</main>
<script type="application/gzip">${gzip.toString('base64')}</script>
<script type="application/json">${JSON.stringify(claim).replaceAll('<', '\\u003c')}</script>`
  const styles = verifier.styles + reportStyle + pageStyle(title)
  return htmlDocument({ title, styles, script: verifier.script, body })
}

/** What a report says of itself, and its bundle as it is in it; null for what is no report. It may be of anybody. */
export function reportFrom(html: string): { readonly gzip: Buffer; readonly claim: Claim } | null {
  const gzip = /<script type="application\/gzip">([A-Za-z0-9+/=]+)<\/script>/.exec(html)?.[1]
  const said = /<script type="application\/json">([^<]+)<\/script>/.exec(html)?.[1]
  if (gzip === undefined || said === undefined) return null
  try {
    const claim: unknown = JSON.parse(said)
    return isClaim(claim) ? { gzip: Buffer.from(gzip, 'base64'), claim } : null
  } catch {
    return null // the caller says that it is none
  }
}

function isClaim(value: unknown): value is Claim {
  const claim = value as Partial<Record<keyof Claim, unknown>> | null // looked at member by member below
  const areTexts = (all: unknown) =>
    Array.isArray(all) && all.every((one: unknown) => typeof one === 'string')
  return (
    typeof claim === 'object' &&
    claim !== null &&
    typeof claim.madeAt === 'number' &&
    Math.abs(claim.madeAt) <= 8.64e15 &&
    typeof claim.version === 'string' &&
    typeof claim.redacted === 'number' &&
    areTexts(claim.keys) &&
    Array.isArray(claim.verdict) &&
    claim.verdict.every(areTexts)
  )
}

/** What a browser gives as the text of these elements, whose attributes have no angle brackets. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

function claimBox({ madeAt, version, verdict, keys }: Claim): string {
  const lines = verdict.map(
    ([word, text]) => `<tr><th scope="row">${word}</th><td>${escaped(text)}</td></tr>`,
  )
  return `<section class="claim" aria-labelledby="claim">
<h2 id="claim">The report’s own claim</h2>
<p>InfraFabric ${escaped(version)} made this report at ${escaped(when(madeAt))}, and found this with the key ${keys.map((key) => `<code>${escaped(key)}</code>`).join(', ')}.
It proves nothing until you have verified it yourself.</p>
<table><caption class="unseen">The verdict that its maker reached</caption><tbody>${lines.join('')}</tbody></table>
</section>`
}

function facts(bundle: ReadBundle, model: ReportModel, { redacted }: Claim): string {
  const { intents, record, beside, earlier, unread, hubs } = model
  const tally = new Map<Ended, number>()
  for (const { ended } of intents) tally.set(ended, (tally.get(ended) ?? 0) + 1)
  const ends = [...tally].map(([ended, count]) => `${count} ${wordOf(ended)}`).join(', ')
  const gaps = record.filter(({ isGap }) => isGap).length
  const isAll = bundle.from === 0 && bundle.to === bundle.size
  const rows: readonly (readonly [string, string])[] = [
    ['Period', `${when(model.first)} to ${when(model.last)}`],
    [
      'Sealed lines',
      isAll
        ? `all ${bundle.size}`
        : `${bundle.from} to ${bundle.to - 1} of the ${bundle.size} that were signed`,
    ],
    ['Hubs', hubs.join(', ') || 'none'],
    ['Intents', `${intents.length}${ends === '' ? '' : `: ${ends}`}`],
    ['Gaps', gaps === 0 ? 'none' : `${gaps}: see what happened to the record`],
    ['Redactions', `${redacted}`],
    ['Beside', `${beside} device reports, link changes, macro steps and leases, in the bundle`],
    ...(earlier === 0
      ? []
      : [
          ['Earlier', `${earlier} entries on intents that were accepted before this part`] as const,
        ]),
    ...(unread.length === 0
      ? []
      : [['Not readable', `${unread.length} lines, the first is ${unread[0]}`] as const]),
  ]
  const list = rows.map(([word, text]) => `<dt>${word}</dt><dd>${escaped(text)}</dd>`).join('\n')
  return `<h2>In short</h2>
<dl class="facts">
${list}
</dl>`
}

function picture(model: ReportModel): string {
  const drawn = timeline(model)
  if (drawn === '') return ''
  return `<h2>When</h2>
<figure>${drawn}
<figcaption><ul class="legend">${legend()}
<li><span class="swatch alone"></span> a hub acted alone</li>
<li><span class="swatch stopped"></span> a hub was not running</li>
<li>dashed: a gap in the record</li></ul></figcaption></figure>`
}

function recordTable(rows: readonly RecordRow[]): string {
  if (rows.length === 0)
    return '<h2>What happened to the record</h2>\n<p>Nothing: no start, no stop, no gap, no change of the config.</p>'
  const lines = rows.map(({ seq, at, hub, type, text, count, until, isGap }) => {
    const more = count > 1
    const cells = [
      `<td class="number">${more ? `${seq}–${until.seq}` : seq}</td>`,
      `<td class="time">${when(at)}${more ? `<br>to ${when(until.at)}` : ''}</td>`,
      `<td>${escaped(hub)}</td>`,
      `<td${isGap ? ' class="out bad"' : ''}>${isGap ? 'GAP: ' : ''}${escaped(type)}</td>`,
      `<td>${more ? `${count} heartbeats; with the last one, ` : ''}${escaped(text)}</td>`,
    ]
    return `<tr>${cells.join('')}</tr>`
  })
  return table(
    'What happened to the record',
    'Starts, stops, gaps, changes of the config, and whatever else is of the hub itself.',
    ['Line', 'Time', 'Hub', 'What', 'In words'],
    lines,
  )
}

function intentTable({ intents }: ReportModel): string {
  if (intents.length === 0)
    return '<h2>Who did what</h2>\n<p>No intent was accepted in this part.</p>'
  return table(
    'Who did what',
    'Each intent with its end. Lines are those of the sealed log: the first and the last that tell of it.',
    ['Time', 'Who', 'What', 'Device', 'Outcome', 'Took', 'Tries', 'Lines'],
    intents.map(intentLine),
  )
}

function intentLine(row: IntentRow): string {
  const { at, who, place, source, what, device, isPart, ended, tookMs, attempts, why, lines } = row
  const cells = [
    `<td class="time">${when(at)}</td>`,
    `<td>${escaped(who)}<br><span class="soft">${place === '' ? '' : `${escaped(place)}, `}${escaped(source)}</span></td>`,
    `<td>${isPart ? '↳ ' : ''}${escaped(what)}</td>`,
    `<td class="name">${escaped(device ?? '–')}</td>`,
    `<td><span class="out ${markOf(ended)}">${wordOf(ended)}</span>${why === '' ? '' : `<br>${escaped(why)}`}</td>`,
    `<td class="number">${tookMs === null ? '–' : escaped(duration(tookMs))}</td>`,
    `<td class="number">${attempts}</td>`,
    `<td class="number">${lines[0] === lines[1] ? lines[0] : `${lines[0]}–${lines[1]}`}</td>`,
  ]
  return `<tr${isPart ? ' class="part"' : ''}>${cells.join('')}</tr>`
}

/** Columns that stand to the right. */
const numbers: ReadonlySet<string> = new Set(['Line', 'Lines', 'Took', 'Tries'])

function table(
  title: string,
  caption: string,
  heads: readonly string[],
  rows: readonly string[],
): string {
  return `<h2>${title}</h2>
<div class="wide"><table class="list"><caption>${caption}</caption>
<thead><tr>${heads.map((head) => `<th scope="col"${numbers.has(head) ? ' class="number"' : ''}>${head}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>`
}

function proofs({ origin, from, to, size, left, right, note }: ReadBundle): string {
  return `<h2>Proofs</h2>
<p>The bundle in this file holds the sealed lines ${from} to ${to - 1} byte for byte, ${left} hashes for the lines before and ${right} for those after,
and this checkpoint of the log ${escaped(origin)}, which covers ${size} lines. Root and signature fit only these lines, in this order and at this place (RFC 6962, C2SP signed notes).</p>
<pre>${escaped(note)}</pre>`
}

const wordOf = (ended: Ended) => (ended === 'open' ? 'no end here' : ended)

/** `2026-11-21 20:14:07.123`, UTC. */
function when(at: number | null): string {
  return at === null ? '–' : new Date(at).toISOString().slice(0, 23).replace('T', ' ')
}
