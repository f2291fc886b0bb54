import type { Command } from 'commander'
import type { Given } from '../hub/audit/site-record.ts'
import { Stop } from './exit.ts'
import { note } from './output.ts'

/** The data folder that `infra up` uses where nobody says otherwise. */
export const defaultData = 'data'

/** What the command line says of where a record is. */
export interface GivenWords {
  readonly bundle?: string
  readonly data?: string
  readonly config?: string
  readonly key: readonly string[]
  readonly policy?: string
}

/** An option that may be given again. */
export function more(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** Adds how to name a record that is read without a hub: what an auditor has on a stick. */
export function recordOptions(command: Command): Command {
  return command
    .option('--bundle <file>', 'read this bundle, anywhere, without a hub')
    .option('--data <dir>', 'read this data folder, without a hub')
    .option('--config <file>', 'read the record that this config means, without a hub')
    .option(
      '--key <vkey>',
      'a key of the log that you trust, or a file with it; again for more',
      more,
      [],
    )
    .option('--policy <file>', 'the logs and witnesses that you trust, and how many it takes')
}

/** What was named; null where nothing was, and the running hub is to be asked. @throws Stop (usage) */
export function givenOf(words: GivenWords): Given | null {
  const { bundle = null, data, config = null, key, policy = null } = words
  if (bundle === null && data === undefined && config === null) {
    if (key.length === 0 && policy === null) return null
    throw new Stop('usage', '--key and --policy are for a record that is read without a hub', {
      hint: 'name it: --bundle FILE or --data DIR',
    })
  }
  if (bundle !== null && (data !== undefined || config !== null))
    throw new Stop('usage', 'a bundle is all there is: --data and --config name another record', {
      hint: 'give --bundle, or --data, or --config',
    })
  return { bundle, config, data: data ?? defaultData, keys: key, policy }
}

/** Says that nobody has looked whose a bundle is, where no key was given. */
export function noteTrust({ bundle, keys, policy }: Given): void {
  if (bundle === null || keys.length > 0 || policy !== null) return
  note('infra: whose bundle it is was not looked at: give --key or --policy')
}

/** As {@link givenOf}, of ./data where nothing was named. */
export function givenOrHere(words: GivenWords): Given {
  const { key: keys, policy = null } = words
  const named = words.bundle ?? words.data ?? words.config
  return (
    (named === undefined ? null : givenOf(words)) ?? {
      bundle: null,
      config: null,
      data: defaultData,
      keys,
      policy,
    }
  )
}

export interface ProofWords extends GivenWords {
  readonly proof?: string
}

/** Adds where proofs are written. */
export function proofOption(command: Command): Command {
  return command.option(
    '--proof <dir>',
    'write a .tlog-proof of each entry there, and its line beside it',
  )
}

/** What was named; proofs are read from ./data where nothing was. */
export function proofGiven(words: GivenWords, proof: string | undefined): Given | null {
  return proof === undefined ? givenOf(words) : givenOrHere(words)
}
