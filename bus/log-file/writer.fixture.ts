import { writeSync } from 'node:fs'
import { LogError, type Position } from '../log.ts'
import { errno } from './disk.ts'
import { openFileLog } from './log.ts'
import { timeOf } from './try.fixture.ts'

// A process that its tests kill. Arguments: what to do, the journal folder.
//   open    opens the log, says `open` or the error, and stays until it is killed or its input ends
//   leave   opens the log, appends live and does nothing more: the process ends when nothing keeps it
//   load    32 writers append without end; `sent N` before an append of line N, `kept N` once it has resolved
//   fill    appends until the disk is full, then again for each line it is sent

const [what = '', dir = ''] = process.argv.slice(2)
// the file size limit of `ulimit -f` sends this beside the error; its default would end the process
process.on('SIGXFSZ', () => undefined)

const body = (rest: string) => JSON.stringify({ at: 1, rest })
const nap = new Int32Array(new SharedArrayBuffer(4))

/** Synchronous, so that what was said before a kill has left this process; waits while its reader is slow. */
function say(text: string): void {
  const bytes = Buffer.from(`${text}\n`)
  let done = 0
  while (done < bytes.length) {
    try {
      done += writeSync(1, bytes, done)
    } catch (cause) {
      if (errno(cause) !== 'EAGAIN') throw cause
      Atomics.wait(nap, 0, 0, 1)
    }
  }
}

async function main(): Promise<void> {
  const log = await openFileLog(dir, { timeOf, segmentBytes: what === 'load' ? 100_000 : 1 << 24 })
  const append = async (lines: number, durability: 'durable' | 'live'): Promise<Position[]> => [
    ...(await log.append(
      Array.from({ length: lines }, () => body('x'.repeat(200))),
      durability,
    )),
  ]
  switch (what) {
    case 'open':
      say('open')
      process.stdin.resume()
      return
    case 'leave':
      await append(1, 'live')
      return
    case 'load': {
      let sent = Number((await log.head()) ?? 0)
      const writer = async (index: number) => {
        for (;;) {
          const id = `${process.pid}-${++sent}`
          say(`sent ${id}`)
          const [position] = await log.append([body(id)], index % 4 === 0 ? 'live' : 'durable')
          say(`kept ${id} ${position}`)
        }
      }
      await Promise.all(Array.from({ length: 32 }, (_, index) => writer(index)))
      return
    }
    case 'fill':
      await fill()
      return
    default:
      throw new Error(`nothing to do: '${what}'`)
  }

  async function fill(): Promise<void> {
    const until = async () => {
      for (;;) {
        try {
          const positions = await append(7, 'durable')
          say(`kept ${positions.join(' ')}`)
        } catch (error) {
          say(error instanceof LogError ? error.code : String(error))
          return
        }
      }
    }
    await until()
    for await (const _ of process.stdin) {
      say(`kept ${(await append(7, 'durable')).join(' ')}`)
    }
    await log.close()
  }
}

main().catch((error: unknown) => {
  say(error instanceof LogError ? `${error.code} ${error.message}` : String(error))
  process.stdin.pause()
})
