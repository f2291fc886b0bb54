import type { Command } from 'commander'
import type { Hub } from './client.ts'
import { Stop } from './exit.ts'

const defaultUrl = 'http://127.0.0.1:7700'

/** `--json`, which every command has. */
export function jsonOption(command: Command): Command {
  return command.option('--json', 'print results as JSON')
}

/** How to reach the hub, and `--json`. */
export function hubOptions(command: Command): Command {
  return jsonOption(
    command
      .option('--url <url>', `the hub (or INFRA_URL; default ${defaultUrl})`)
      .option('--token <token>', 'the token of a hub that asks for one (or INFRA_TOKEN)'),
  )
}

/** The value of `name` on the command or, further left, on one of those above it. */
function optionOf(command: Command | null, name: string): unknown {
  for (let at = command; at !== null; at = at.parent) {
    const value: unknown = at.opts()[name]
    if (value !== undefined) return value
  }
  return undefined
}

/** The hub that `command` is to talk to. @throws Stop (usage) for a URL that is none */
export function hubOf(command: Command | null): Hub {
  const said = optionOf(command, 'url') ?? process.env['INFRA_URL']
  const text = typeof said === 'string' && said !== '' ? said : defaultUrl
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Stop('usage', `"${text}" is no URL of a hub`, { hint: `for example ${defaultUrl}` })
  const token = optionOf(command, 'token') ?? process.env['INFRA_TOKEN']
  return {
    url: url.origin + url.pathname.replace(/\/+$/, ''),
    token: typeof token === 'string' && token !== '' ? token : null,
  }
}

/** Whether machines read the result. */
export function wantsJson(command: Command): boolean {
  return optionOf(command, 'json') === true
}

/** Adds an example below the command's help. */
export function example(command: Command, ...lines: readonly string[]): Command {
  const shown = lines.map((line) => `  $ ${line}`).join('\n')
  return command.addHelpText('after', `\nExample:\n${shown}`)
}
