import type { Command } from 'commander'
import { examine, type Finding } from './offline.ts'
import { end, note, print, printJson, type Tone } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'
import { table } from './table.ts'

const tones: Readonly<Record<Finding['state'], Tone>> = {
  ok: 'good',
  optional: 'warn',
  missing: 'bad',
}

export function addDoctor(program: Command): void {
  const doctor = program
    .command('doctor')
    .summary('what is missing on this machine, and how to get it')
    .description(
      'Look at this machine, and at the log’s server, the MQTT brokers and the calendars that the config names: what is missing, and how to get it. Changes nothing.',
    )
    .option('--config <file>', 'the config (default: infra.yaml here, if there is one)')
  example(jsonOption(doctor), 'infra doctor').action(async (options: { config?: string }) => {
    const findings = await examine(options.config ?? 'infra.yaml')
    if (wantsJson(doctor)) printJson(findings)
    else
      for (const line of table(
        ['', 'what', 'found', 'to do'],
        findings.map(({ name, state, detail, fix }) => [
          { text: state, tone: tones[state] },
          name,
          detail,
          fix ?? '',
        ]),
      ))
        print(line)
    const missing = findings.filter(({ state }) => state === 'missing')
    if (missing.length === 0) return
    note(`infra: missing: ${missing.map(({ name }) => name).join(', ')}`)
    end('failed')
  })
}
