import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Verdict } from './answers.ts'
import { ask } from './client.ts'
import { Stop } from './exit.ts'
import { verifyFolder } from './offline.ts'
import { end, paint, plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { table } from './table.ts'

/** The data folder that `infra up` uses where nobody says otherwise. */
const defaultData = 'data'
/** Four minutes: one for each 100 million bytes on the slowest disk we expect; offline there is no limit. */
const verifyWithinMs = 240_000

export function addWitness(program: Command): void {
  const witness = program.command('witness').summary('prove the record')
  witness.description('The witness: proof that nothing in the record was changed or left out.')
  example(witness, 'infra witness verify')
  const verify = witness
    .command('verify [path]')
    .summary('verify the record from its stored bytes')
    .description(
      'Verify every chain of the record from the stored bytes, without the hub: of the data folder PATH, else of ./data; where there is no record, the running hub is asked to verify its own. Ends with 5 where the record does not verify.',
    )
  example(hubOptions(verify), 'infra witness verify', 'infra witness verify /srv/infra').action(
    async (path: string | undefined) => {
      const verdict = await verdictOf(path, verify)
      if (wantsJson(verify)) printJson(verdict)
      else for (const line of verdictLines(verdict)) print(line)
      if (!verdict.ok) end('unverified')
    },
  )
}

async function verdictOf(path: string | undefined, verify: Command): Promise<Verdict> {
  if (path !== undefined && !hasJournal(path))
    throw new Stop('usage', `there is no record in ${path}`, {
      hint: 'name the data folder of infra up: the one in which there is a journal',
    })
  if (path !== undefined || hasJournal(defaultData)) return verifyFolder(path ?? defaultData)
  const request = {
    method: 'POST',
    path: '/api/v1/witness/verify',
    withinMs: verifyWithinMs,
  } as const
  return ask<Verdict>(hubOf(verify), request, ['ok'])
}

/** `data` may be there without a record of its own: the demo's is in data/demo. */
const hasJournal = (data: string) => existsSync(join(data, 'journal'))

/** The verdict for people: what was verified, or exactly where it breaks. */
function verdictLines(verdict: Verdict): string[] {
  if (verdict.ok)
    return [
      `${paint('good', 'verified')}  ${verdict.entries} entries`,
      '',
      ...table(
        ['hub', 'entries', 'head (SHA-256)'],
        verdict.hubs.map(({ hub, entries, head }) => [hub, String(entries), head]),
      ),
      ...(verdict.remarks ?? []).map(({ position, hub, detail }) =>
        plain(`note      ${hub} ${detail}, at ${position}`),
      ),
    ]
  return [
    `${paint('bad', 'BROKEN')}  ${plain(`${verdict.fault}: ${verdict.detail}`)}`,
    `position  ${plain(verdict.position)}`,
    `file      ${plain(verdict.file)}`,
    `offset    ${verdict.offset} bytes`,
  ]
}
