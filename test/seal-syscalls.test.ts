import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { newRoom } from './hub-process.ts'
import { attackRow } from './report.ts'
import { faultsOf, forgeState, sealRoom, type SealRoom } from './sealer-process.ts'

t.setTimeout(3_600_000)

/** Of how many places one is tried: a sample, or all of them. */
const oneOf = process.env['ATTACKS'] === 'all' ? 1 : 25
const stages = [6, 21, 24]

const hasStrace = spawnSync('strace', ['--version']).status === 0
const skip =
  hasStrace || process.env['CI'] !== undefined
    ? false
    : 'NOT TESTED: what the disk answers is changed with strace, which is not here'

/** A call that the process makes for the files of the seal: the `nth` of its kind. */
interface Call {
  readonly kind: string
  readonly nth: number
}

/** Every call that one life makes, in a run without a fault, and the paths that it makes them for. */
async function callsOf(t: Test, room: SealRoom) {
  const trace = join(newRoom(t, '').folder, 'trace')
  room.renew()
  const life = await room.live([
    'strace',
    '-f',
    '-y',
    '-qq',
    '-e',
    'trace=%file,%desc',
    '-o',
    trace,
  ])
  t.ok(life.done, 'control: a life under strace, without a fault')
  const counts = new Map<string, number>()
  const paths = new Set<string>()
  const calls: Call[] = []
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const kind = /^\d+ +(\w+)\(/.exec(line)?.[1]
    const own = [...line.matchAll(/["<](\/[^">]*)[">]/g)].flatMap(([, path = '']) =>
      path === room.witness || path.startsWith(`${room.witness}/`) ? [path] : [],
    )
    if (kind === undefined || own.length === 0) continue
    for (const path of own) paths.add(path)
    const nth = (counts.get(kind) ?? 0) + 1
    counts.set(kind, nth)
    calls.push({ kind, nth })
  }
  return { calls, paths: [...paths] }
}

/** Calls for which a disk may be too full. */
const growing = new Set([
  'openat',
  'write',
  'pwrite64',
  'fsync',
  'fdatasync',
  'ftruncate',
  'rename',
  'mkdir',
])

void t.test(
  'whatever the disk answers to any call of the sealer, and wherever it dies, nothing that was signed is lost',
  { skip },
  async (t) => {
    const room = await sealRoom(t, stages)
    const { calls, paths } = await callsOf(t, room)
    const kinds = new Set(calls.map(({ kind }) => kind))
    for (const kind of ['openat', 'pwrite64', 'fdatasync', 'fsync', 'rename', 'ftruncate'])
      t.ok(kinds.has(kind), `control: ${kind} is among the ${calls.length} calls`)
    t.same(await faultsOf(room), [], 'control: all is sealed and cosigned')
    forgeState(room)
    t.not((await faultsOf(room)).length, 0, 'control: a head of another root is seen')

    for (const fault of ['error=EIO', 'error=ENOSPC', 'signal=KILL']) {
      const places = calls
        .filter(({ kind }) => fault !== 'error=ENOSPC' || growing.has(kind))
        .filter((_, i) => i % oneOf === 0)
      const wrong: unknown[] = []
      let ended = 0
      for (const { kind, nth } of places) {
        room.renew()
        const inject = `inject=${kind}:${fault}:when=${nth}`
        const first = await room.live([
          ...['strace', '-f', '-qq', '-o', '/dev/null'],
          // quicker, but a signal does not come through it
          ...(fault === 'signal=KILL' ? [] : ['--seccomp-bpf']),
          ...paths.flatMap((path) => ['-P', path]),
          ...['-e', `trace=${kind}`, '-e', inject],
        ])
        if (!first.done) ended++
        const again = await room.live()
        const faults = again.done ? await faultsOf(room) : [`it goes on no more: ${again.trouble}`]
        if (faults.length > 0) wrong.push({ kind, nth, fault, first, faults })
      }
      t.same(wrong.slice(0, 3), [], `${fault}: ${places.length} places, ${wrong.length} wrong`)
      t.ok(ended > places.length / 3, `control: ${ended} times it was the end of the process`)
      attackRow({
        attack: `${fault.replace(/^.*=/, '')} at each system call of the sealer`,
        done: `${places.length} of ${calls.length} places of a life that signs ${stages.length} heads; then started again`,
        verdict: wrong.length === 0 ? 'good' : `${wrong.length} times not`,
        exit: wrong.length === 0 ? '0' : 'not 0',
        expected: '0',
      })
    }
  },
)
