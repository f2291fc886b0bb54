import { median } from './numbers.ts'
import { start } from './program.ts'
import type { JournalAnswers, Stream } from './redis-journal.ts'
import { fixed, printReach, printTable, whole } from './table.ts'

/** How fast a long stream is read again, beside XRANGE with the same client and `JSON.parse`. */
export async function replayRedis(
  stream: Stream & { readonly entries: number },
  rounds: number,
): Promise<void> {
  const runs: Awaited<ReturnType<JournalAnswers['replay']>>[] = []
  for (let round = 0; round < rounds; round++) {
    const program = start<JournalAnswers>('redis-journal')
    runs.push(await program.ask('replay', stream))
    await program.stop()
  }
  const of = (name: keyof (typeof runs)[number]) => median(runs.map((run) => run[name]))
  const ratio = (name: keyof (typeof runs)[number]) =>
    median(runs.map((run) => run[name] / run.bare))
  const row = (text: string, name: keyof (typeof runs)[number]) => [
    text,
    whole(of(name) * 1000),
    fixed(1000 / of(name), 2),
    fixed(ratio(name), 2),
  ]
  console.log(
    `Replay of ${whole(stream.entries)} entries from Redis, three in each of the stream's`,
  )
  printTable(
    ['', 'entries/s', 'us an entry', 'ratio'],
    [
      row('bare XRANGE COUNT 1000', 'bareRead'),
      row('bare XRANGE COUNT 1000 and JSON.parse', 'bare'),
      row('read', 'read'),
      row('read and decode', 'decode'),
    ],
  )
  const share = ratio('decode')
  const what = 'replay at least 0.6 of bare XRANGE and JSON.parse'
  printReach(what, share >= 0.6, fixed(share, 2))
  console.log()
}
