import type { Command } from 'commander'
import { siteDevice } from '../intents/id.ts'
import type { VariableAnswer } from './answers.ts'
import { ask } from './client.ts'
import { note, print, printJson } from './output.ts'
import { clock, valuePhrase } from './phrase.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { submit } from './submit.ts'
import { table } from './table.ts'
import { literal } from './words.ts'

/** `infra variable …`: what the site remembers. */
export function addVariables(program: Command): void {
  const variable = program.command('variable').summary('list and set the variables of the site')
  variable.description('The variables of the site, which the config declares.')
  example(variable, 'infra variable list', 'infra variable set on_air true')

  const list = variable
    .command('list')
    .summary('list the variables')
    .description('The variables, what they are, and since when.')
  example(hubOptions(list), 'infra variable list').action(async () => {
    const request = { method: 'GET', path: '/api/v1/variables' } as const
    const { variables } = await ask<{ readonly variables: readonly VariableAnswer[] }>(
      hubOf(list),
      request,
      ['variables'],
    )
    if (wantsJson(list)) return printJson(variables)
    for (const line of table(
      ['variable', 'value', 'type', 'since', ''],
      variables.map(({ name, value, type, at, intent, description }) => [
        name,
        valuePhrase(value),
        type,
        intent === null || at === null ? 'default' : clock(at),
        description,
      ]),
    ))
      print(line)
    if (variables.length === 0)
      note('infra: the config declares none: variables: { NAME: { default: VALUE } }')
  })

  const set = variable
    .command('set <name> <value>')
    .summary('set a variable')
    .description('Set a variable. The value is JSON where it parses, else the bare word.')
  example(hubOptions(set), 'infra variable set on_air true').action(
    async (path: string, word: string) => {
      const intent = { verb: 'set', device: siteDevice, path, value: literal(word) } as const
      await submit(hubOf(set), intent, { wait: true, json: wantsJson(set) })
    },
  )
}
