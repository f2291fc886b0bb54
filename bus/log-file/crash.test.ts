import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openFileLog } from './log.ts'
import { newFolder, timeOf } from './try.fixture.ts'

const never = new AbortController().signal
const fixture = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url))
const kills = 24
// each writer is a process that starts anew: half a second, several on a busy machine
t.setTimeout(180_000)

/** Lets a process append with 32 calls in flight and kills it once it has told of `lines` kept ones; all it said. */
async function killedAfter(dir: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [...process.execArgv, fixture, 'load', dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  let seen = 0
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    said += text
    seen += text.split('kept').length - 1
    if (seen >= lines) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [unknown, string]
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${said.slice(-500)}`)
  return said.split('\n').slice(0, -1) // the last line may be torn, too
}

void t.test(`a writer killed ${kills} times loses nothing that it was told is kept`, async (t) => {
  t.setTimeout(180_000)
  const dir = newFolder(t)
  const kept = new Map<string, string>()
  const sent = new Set<string>()
  let inFlight = 0
  for (let kill = 0; kill < kills; kill++) {
    const before = kept.size
    const lines = await killedAfter(dir, 1 + Math.floor(Math.random() * 1000))
    const mine = new Set<string>()
    for (const line of lines) {
      const [what, id = '', position = ''] = line.split(' ')
      if (what === 'sent') mine.add(id)
      else kept.set(id, position)
    }
    for (const id of mine) {
      sent.add(id)
      if (!kept.has(id)) inFlight++
    }
    t.ok(kept.size > before, `kill ${kill}: ${kept.size - before} kept, of ${mine.size} sent`)

    const log = await openFileLog(dir, { timeOf })
    const stored = new Map<string, string>()
    let count = 0
    for await (const { position, body } of log.read(null, never)) {
      const { rest } = JSON.parse(body) as { rest: string } // the fixture's own
      stored.set(rest, position)
      count++
    }
    await log.close()
    t.equal(stored.size, count, 'nothing is stored twice')
    t.same(
      [...kept].filter(([id, position]) => stored.get(id) !== position),
      [],
      'nothing is lost or moved',
    )
    t.same(
      [...stored.keys()].filter((id) => !sent.has(id) && !unsaid(id, sent)),
      [],
      'nothing is made up',
    )
  }
  t.ok(
    inFlight > kills,
    `control: ${inFlight} lines were sent and not yet kept when their writer died`,
  )
})

/** Whether `id` may have been sent by a process that was killed while it was saying so. */
function unsaid(id: string, sent: ReadonlySet<string>): boolean {
  const [pid = '', number = ''] = id.split('-')
  return sent.has(`${pid}-${Number(number) - 1}`)
}
