import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { bodiesOf, body } from '../log.contract.ts'
import { LogError } from '../log.ts'
import { openFileLog } from './log.ts'
import { newFolder, timeOf } from './try.fixture.ts'

const never = new AbortController().signal

void t.test(
  'a log that may not grow says so, keeps whole lines, and goes on when it may',
  async (t) => {
    const dir = newFolder(t)
    const fixture = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url))
    // 2,048 blocks of 512 bytes (POSIX, ulimit): the system cuts the write that crosses it, as a full disk does
    const limited = 'ulimit -S -f 2048; exec "$0" "$@"'
    const child = spawn(
      '/bin/sh',
      ['-c', limited, process.execPath, ...process.execArgv, fixture, 'fill', dir],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    t.teardown(() => child.kill('SIGKILL'))
    const kept: string[] = []
    const file = join(dir, '000000000000000001.log')
    let outcome = ''
    for await (const line of createInterface(child.stdout)) {
      const [what = '', ...positions] = line.split(' ')
      if (what === 'kept') kept.push(...positions)
      if (what !== 'kept') {
        outcome = line
        t.equal(outcome, 'full')
        t.ok(statSync(file).size <= 1024 * 1024, 'control: it is as large as it may get')
        t.ok(statSync(file).size > 1024 * 1024 - 3000)
        t.equal(lineEnds(file), kept.length, 'nothing of the refused call is there')
        execFileSync('/bin/sh', ['-c', `prlimit --pid ${child.pid} --fsize=unlimited:`])
        child.stdin.write('\n')
      } else if (outcome !== '') child.stdin.end()
    }
    t.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0)
    const log = await openFileLog(dir, { timeOf })
    t.equal(log.recovered, null)
    t.same(
      kept,
      Array.from({ length: kept.length }, (_, i) => `${i + 1}`),
    )
    t.equal((await bodiesOf(log.read(null, never))).length, kept.length)
    t.equal(kept.length % 7, 0, 'each call is kept as a whole')
    await log.close()
  },
)

function lineEnds(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1
}

const mountPoint = newFolder(t)
const mounted =
  spawnSync('/bin/sh', ['-c', 'mount -t tmpfs -o size=2m tmpfs "$0"', mountPoint]).status === 0
if (mounted) t.teardown(() => execFileSync('/bin/sh', ['-c', 'umount "$0"', mountPoint]))

void t.test(
  'a full file system fails all who wait and none who were told otherwise, until there is space',
  { skip: mounted ? false : 'no right to mount one here; the test above has the same fault' },
  async (t) => {
    const ballast = join(mountPoint, 'ballast')
    const dir = join(mountPoint, 'journal')
    mkdirSync(dir)
    writeFileSync(ballast, Buffer.alloc(1024 * 1024))
    const log = await openFileLog(dir, { timeOf, segmentBytes: 100_000 })
    const kept: string[] = []
    const codes: string[] = []
    let made = 0
    const writer = async (index: number) => {
      while (codes.length === 0) {
        const bodies = [body(made++, 'x'.repeat(500)), body(made++, 'y')]
        try {
          await log.append(bodies, index % 3 === 0 ? 'live' : 'durable')
          kept.push(...bodies)
        } catch (error) {
          codes.push(error instanceof LogError ? error.code : String(error))
        }
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, index) => writer(index)))
    t.ok(codes.length > 1, `control: ${codes.length} calls were refused`)
    t.same(new Set(codes), new Set(['full']))
    t.same((await bodiesOf(log.read(null, never))).sort(), kept.toSorted())
    rmSync(ballast)
    const after = [body(made++, 'z'.repeat(5000))]
    await log.append(after, 'durable')
    await log.close()
    const again = await openFileLog(dir, { timeOf })
    t.equal(again.recovered, null)
    t.same((await bodiesOf(again.read(null, never))).sort(), [...kept, ...after].sort())
    await again.close()
  },
)
