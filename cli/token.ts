import type { Command } from 'commander'
import { endToken, makeToken, tokenOwners } from './offline.ts'
import { note, print, printJson } from './output.ts'
import { moment } from './phrase.ts'
import { example, jsonOption, wantsJson } from './settings.ts'
import { table } from './table.ts'

/** Who may use the API of a hub that others can reach. Works on the data folder, so only who may read that can do it. */
export function addTokens(program: Command): void {
  const token = program.command('token').summary('who may use the API')
  token.description('Tokens of the API. Only their hashes are stored.')
  example(token, 'infra token add ops')

  const add = token
    .command('add <name>')
    .summary('make a token')
    .description('Make a token for NAME and print it, this once.')
  example(withData(add), 'infra token add ops').action(
    async (name: string, { data }: { data: string }) => {
      const secret = await makeToken(data, name)
      if (wantsJson(add)) printJson({ name, token: secret })
      else print(secret)
      note(`infra: keep it now, it is not stored and not shown again; its owner is ${name}`)
    },
  )

  const list = token
    .command('list')
    .summary('list the owners of tokens')
    .description('List who has a token and since when.')
  example(withData(list), 'infra token list').action(async ({ data }: { data: string }) => {
    const owners = await tokenOwners(data)
    if (wantsJson(list)) printJson(owners)
    else
      for (const line of table(
        ['name', 'since'],
        owners.map(({ name, createdAt }) => [name, moment(Date.parse(createdAt))]),
      ))
        print(line)
  })

  const remove = token
    .command('remove <name>')
    .summary("end a token's validity")
    .description('Remove the token of NAME: whoever holds it is turned away from then on.')
  example(withData(remove), 'infra token remove ops').action(
    async (name: string, { data }: { data: string }) => {
      await endToken(data, name)
      if (wantsJson(remove)) printJson({ removed: name })
      else print(`removed  ${name}`)
    },
  )
}

function withData(command: Command): Command {
  return jsonOption(command.option('--data <dir>', "the hub's data folder", 'data'))
}
