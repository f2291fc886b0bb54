import type { Command } from 'commander'
import { runSimulators } from './offline.ts'
import { print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

export function addSimulate(program: Command): void {
  const simulate = program
    .command('simulate')
    .summary('pretend to be the devices of a config, here, until Ctrl-C')
    .description(
      'Simulate every device of a config at the address that it has there, until Ctrl-C: for two hubs that share devices, and for trying a config at home. infra up --demo has its devices in itself.',
    )
    .option('--config <file>', 'the config', 'infra.yaml')
    .option('--only <device...>', 'only these: one that runs alone can be killed alone')
  example(
    jsonOption(simulate),
    'infra simulate --config config/pair/hub-a.yaml',
    'infra simulate --only mypro desk',
  ).action(async ({ config, only = null }: { config: string; only?: readonly string[] | null }) => {
    const json = wantsJson(simulate)
    await runSimulators({ config, only, out: json ? (line) => printJson({ line }) : print })
  })
}
