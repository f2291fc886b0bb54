import type { Command } from 'commander'
import { succeeded } from '../intents/outcome.ts'
import type { Life, Receipt } from './answers.ts'
import { operator } from './operator.ts'
import { end, paint, plain, print, printJson } from './output.ts'
import { lifePhrase } from './phrase.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { ended, hand } from './submit.ts'
import { controlPath } from './words.ts'

/** What the config bound to the press, in its order; nothing at all where it binds nothing. */
interface Pressed {
  readonly intents?: readonly (PressReceipt | Life)[]
}

interface PressReceipt extends Receipt {
  readonly refusal: { readonly detail: string; readonly code: string } | null
}

export function addPress(program: Command): void {
  const press = program
    .command('press')
    .summary('press a control of the grid')
    .description('Press and release the control at PAGE/ROW/COL, as a hand on the panel would.')
    .argument('<place>', 'PAGE/ROW/COL: pages from 1, rows and columns from 0')
    .option('--no-wait', 'do not wait for the outcome')
  example(hubOptions(press), 'infra press 1/0/0').action(
    async (place: string, { wait }: { wait: boolean }) => {
      const json = wantsJson(press)
      const hub = hubOf(press)
      const path = `/api/v1/controls/${controlPath(place)}/press`
      const body = { operator: operator() }
      const { intents = [] } = await hand<Pressed>(
        hub,
        { path, body, wait, what: `press ${place}` },
        ['intents'],
      )
      if (intents.length === 0 && !json) print(`nothing is bound to a press of ${place}`)
      if (!wait) {
        if (json) printJson(intents)
        else for (const answer of intents) print(acceptedPhrase(place, answer))
        if (intents.some((answer) => refusalOf(answer) !== null)) end('failed')
        return
      }
      const lives = await Promise.all(intents.map((answer) => ended(hub, answer)))
      if (json) printJson(lives)
      else for (const life of lives) print(lifePhrase(life))
      if (!lives.every(({ outcome }) => outcome !== null && succeeded(outcome.type))) end('failed')
    },
  )
}

function refusalOf(answer: PressReceipt | Life): PressReceipt['refusal'] {
  return 'refusal' in answer ? answer.refusal : null
}

function acceptedPhrase(place: string, answer: PressReceipt | Life): string {
  const refusal = refusalOf(answer)
  if (refusal === null) return `accepted  press ${place}  ${answer.id}`
  const why = plain(`${refusal.detail} (${refusal.code})`)
  return `${paint('bad', 'refused')}  press ${place}: ${why}  ${answer.id}`
}
