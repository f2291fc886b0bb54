import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { succeeded } from '../intents/outcome.ts'
import type { Life, Receipt } from './answers.ts'
import { ask, ConnectionLost } from './client.ts'
import { Stop } from './exit.ts'
import { end, print, printJson } from './output.ts'
import { lifePhrase } from './phrase.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { ended } from './submit.ts'
import { controlPath } from './words.ts'

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
      const { intents } = await ask<{ readonly intents: readonly (Receipt | Life)[] }>(
        hub,
        {
          method: 'POST',
          path: `/api/v1/controls/${controlPath(place)}/press`,
          body: { wait: wait ? 'outcome' : 'accepted', operator: userInfo().username },
          withinMs: 60_000,
        },
        ['intents'],
      ).catch((error: unknown) => {
        if (!(error instanceof ConnectionLost)) throw error
        // a press has no id of its own: pressing again could act twice, so a person decides
        throw new Stop('unreachable', `${error.message}: whether it was pressed is not known`, {
          hint: `when the hub is back: infra who ${place}`,
          cause: error,
        })
      })
      if (intents.length === 0 && !json) print(`nothing is bound to a press of ${place}`)
      if (!wait) {
        if (json) printJson(intents)
        else for (const { id } of intents) print(`accepted  press ${place}  ${id}`)
        return
      }
      const lives = await Promise.all(intents.map((answer) => ended(hub, answer)))
      if (json) printJson(lives)
      else for (const life of lives) print(lifePhrase(life))
      if (!lives.every(({ outcome }) => outcome !== null && succeeded(outcome.type))) end('failed')
    },
  )
}
