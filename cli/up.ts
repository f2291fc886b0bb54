import type { Command } from 'commander'
import { runHub } from './offline.ts'
import { note, print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

export function addUp(program: Command): void {
  const up = program
    .command('up')
    .summary('start the hub, here, until Ctrl-C')
    .description('The hub in the foreground: one line when it is ready; Ctrl-C ends it cleanly.')
    .option('--config <file>', 'the config (default: infra.yaml here)')
    .option('--data <dir>', 'where the record is kept (default: ./data; with --demo ./data/demo)')
    .option('--demo', 'a control room to try things in: simulated devices, nothing needed')
  example(
    jsonOption(up),
    'infra up --demo',
    'infra up --config studio.yaml --data /srv/infra',
  ).action(async (options: { config?: string; data?: string; demo?: boolean }) => {
    const json = wantsJson(up)
    await runHub({
      config: options.config,
      data: options.data,
      demo: options.demo === true,
      out: json ? (line) => printJson({ line }) : print,
    })
    if (!json) note('infra: the hub has ended')
  })
}
