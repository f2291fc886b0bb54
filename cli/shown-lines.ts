import type { Shown, ShownEntry, ShownLife } from '../hub/audit/shown.ts'
import { entryLines } from './entry-line.ts'
import { paint, plain, type Tone } from './output.ts'
import { lifePhrase, span } from './phrase.ts'

/** What follows an intent that was read from a record: how long it took, its entries with their proofs, what it led to. */
export function shownLines({ lives, seal, since, files }: Shown): readonly string[] {
  const [life, ...steps] = lives
  if (life === undefined) return []
  return [
    `latency   ${latencyPhrase(life)}`,
    '',
    'entries',
    ...entriesOf(life),
    ...(steps.length === 0 ? [] : ['', 'led to']),
    ...steps.flatMap((step) => stepLines(step, lives)),
    '',
    ...sealLines({ lives, seal, since, files }),
  ]
}

function stepLines(life: ShownLife, all: readonly ShownLife[]): readonly string[] {
  const indent = '  '.repeat(depthOf(life, all))
  const number = life.cause === null ? '' : `step ${life.cause.step + 1}  `
  return [
    `${indent}${number}${lifePhrase(life)}`,
    `${indent}  ${latencyPhrase(life)}`,
    ...entriesOf(life).map((line) => `${indent}${line}`),
  ]
}

function depthOf({ cause }: ShownLife, all: readonly ShownLife[]): number {
  const parent = cause === null ? undefined : all.find(({ id }) => id === cause.intent)
  return parent === undefined ? 0 : 1 + depthOf(parent, all)
}

function entriesOf({ entries }: ShownLife): readonly string[] {
  const line = entryLines(false)
  return entries.map((entry) => `  ${plain(entry.position)}  ${line(entry)}  ${proofPhrase(entry)}`)
}

const proofs: Readonly<Record<NonNullable<ShownEntry['proof']>['state'], readonly [string, Tone]>> =
  {
    good: ['proven', 'good'],
    'not proven': ['NOT PROVEN: this is not the line that was signed', 'bad'],
    'not what was sealed': ['CHANGED: something else was sealed', 'bad'],
  }

/** What proves an entry, in a word and its line. */
export function proofPhrase({ proof }: ShownEntry): string {
  if (proof === null) return paint('warn', 'not sealed')
  const [word, tone] = proofs[proof.state]
  return paint(tone, `${word}, line ${proof.index}`)
}

/** `accepted → started 0 ms → confirmed 12 ms → ended 12 ms (hub-a's own clock)`. */
function latencyPhrase({ latency }: ShownLife): string {
  const { startedMs, deliveredMs, endedMs, clock, hubs } = latency
  const steps = [
    startedMs === null ? '' : ` → started ${span(startedMs)}`,
    deliveredMs === null ? '' : ` → delivered ${span(deliveredMs)}`,
    endedMs === null ? '' : ` → ended ${span(endedMs)}`,
  ].join('')
  const names = plain(hubs.join(', '))
  const source =
    clock === 'monotonic'
      ? `one clock, of ${names}, which is never set back`
      : `wall clocks, of ${names} and over a restart or another hub: they may differ`
  return `accepted${steps}  (${source})`
}

/** Who vouches for the proofs. */
export function sealLines({ lives, seal, since, files }: Shown): readonly string[] {
  const entries = lives.flatMap((life) => life.entries)
  const bad = entries.filter(({ proof }) => proof !== null && proof.state !== 'good').length
  return [
    seal === null
      ? paint('warn', 'nothing is sealed here: these entries are not proven')
      : `proven by the head of ${seal.size} lines of ${plain(seal.origin)}, root ${seal.root}`,
    ...(seal === null
      ? []
      : [
          seal.isTrusted
            ? paint('good', 'signed by a key that you trust')
            : paint('warn', 'whose head it is was not looked at: give --key or --policy'),
        ]),
    ...(bad === 0 ? [] : [paint('bad', `${bad} entries are NOT what was signed`)]),
    ...(since === null
      ? []
      : [paint('warn', `known only from line ${since} on: what came before is not here`)]),
    ...(files.length === 0 ? [] : [`proofs written: ${files.length}, ${files[0]} and on`]),
  ]
}

/** Whether all that was shown and is sealed is what was signed. */
export function isProven({ lives }: Shown): boolean {
  return lives.every(({ entries }) =>
    entries.every(({ proof }) => proof === null || proof.state === 'good'),
  )
}
