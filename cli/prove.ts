import type { Command } from 'commander'
import { Stop } from './exit.ts'
import { givenOrHere, recordOptions, type GivenWords } from './given.ts'
import { proveLine } from './record.ts'
import { note, print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

interface ProveWords extends GivenWords {
  readonly position?: string
  readonly seq?: string
  readonly out?: string
  readonly line?: string
}

/** `infra witness prove`: that one line stands in the log. */
export function addProve(witness: Command): void {
  const prove = witness
    .command('prove')
    .summary('prove that one line stands in the sealed record')
    .description(
      'Print or write a proof of one line, in the form C2SP tlog-proof: its number, the hashes beside its way to the root, and the newest signed head. Whoever has the line verifies it anywhere: infra witness verify FILE --line LINE --key VKEY.',
    )
    .option('--position <position>', 'the entry at this position of the journal')
    .option('--seq <number>', 'the sealed line with this number, from 0')
    .option('--out <file>', 'write the proof there (default: print it)')
    .option('--line <file>', 'write the line there, as it is stored')
  example(
    recordOptions(jsonOption(prove)),
    'infra witness prove --position 41 --out 41.tlog-proof --line 41.line',
    'infra witness prove --seq 40 --bundle evening.ifw.ndjson',
  ).action(async ({ position, seq, ...words }: ProveWords) => {
    const { out = null, line = null } = words
    if ((position === undefined) === (seq === undefined))
      throw new Stop('usage', 'say which line: --position or --seq, one of the two', {
        hint: 'infra show prints positions: infra show ID --data DIR',
      })
    if (seq !== undefined && !/^(0|[1-9]\d{0,14})$/.test(seq))
      throw new Stop('usage', `--seq is the number of a line, from 0, not "${seq}"`)
    const wanted = seq === undefined ? { position: position ?? '' } : { seq: Number(seq) }
    const proven = await proveLine(givenOrHere(words), wanted, { proof: out, line })
    const { index, origin, size, text } = proven
    if (wantsJson(prove)) printJson(proven)
    else if (out === null) process.stdout.write(text)
    else print(`written  ${out}: line ${index} of the ${size} that are signed, of ${origin}`)
    if (line === null && !wantsJson(prove))
      note('infra: who verifies it needs the line, too: --line FILE writes it')
  })
}
