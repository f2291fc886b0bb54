import type { Command } from 'commander'
import { checkFile, schemaOfConfig } from './offline.ts'
import { end, note, paint, plain, print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

export function addConfig(program: Command): void {
  const config = program.command('config').summary('check the config, or print its schema')
  config.description('The config file.')
  example(config, 'infra config check')

  const check = config
    .command('check [file]')
    .summary('check a config without a hub')
    .description('Check a config (default: infra.yaml here). Ends with 3 where it is invalid.')
  example(jsonOption(check), 'infra config check infra.yaml').action(
    async (file: string | undefined) => {
      const path = file ?? 'infra.yaml'
      const checked = await checkFile(path)
      if (wantsJson(check)) printJson(checked)
      else if (checked.ok) print(`${paint('good', 'valid')}  ${path}`)
      if (checked.ok) return
      // the faults are what was asked for: with --json they stand on stdout, else here
      if (!wantsJson(check)) for (const { message } of checked.faults) print(plain(message))
      const count = checked.faults.length
      note(`infra: ${path} has ${count} ${count === 1 ? 'fault' : 'faults'}`)
      end('config')
    },
  )

  const schema = config
    .command('schema')
    .summary('the JSON Schema of the config, for editors')
    .description('Print the JSON Schema of the config, so that an editor completes and checks it.')
  example(jsonOption(schema), 'infra config schema > infra.schema.json').action(async () => {
    const answer = await schemaOfConfig()
    if (wantsJson(schema)) printJson(answer)
    else print(JSON.stringify(answer, null, 2))
  })
}
