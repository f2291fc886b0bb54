import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { errorOf } from '../log.contract.ts'
import { openFileLog } from './log.ts'
import { newFolder, timeOf } from './try.fixture.ts'

// a dozen processes start here, each taking seconds on a busy machine
t.setTimeout(120_000)
const fixture = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url))

/** A process that opens the log of `dir`; resolves when it has told how that went. */
async function opener(t: Test, dir: string) {
  const child = spawn(process.execPath, [...process.execArgv, fixture, 'open', dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string]
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended
  }
  return { pid: child.pid ?? 0, said, end }
}

void t.test(
  'a second process is refused, told who has the log, and gets it after a kill -9',
  async (t) => {
    const dir = newFolder(t)
    const first = await opener(t, dir)
    t.equal(first.said, 'open')
    const second = await opener(t, dir)
    t.match(second.said, `locked ${dir} is open in process ${first.pid} on `)
    t.match(second.said, 'stop that one, or give this one a data folder of its own')
    const error = await errorOf(openFileLog(dir, { timeOf }))
    t.equal(error.code, 'locked')
    await first.end('SIGKILL')
    const log = await openFileLog(dir, { timeOf })
    t.match((await opener(t, dir)).said, `process ${process.pid}`)
    await log.close()
  },
)

void t.test('a process that has stopped still has its log', async (t) => {
  const dir = newFolder(t)
  const holder = await opener(t, dir)
  process.kill(holder.pid, 'SIGSTOP')
  const error = await errorOf(openFileLog(dir, { timeOf }))
  t.equal(error.code, 'locked')
  t.match(error.message, 'a process that does not answer')
  await holder.end('SIGKILL')
  await (await openFileLog(dir, { timeOf })).close()
})

void t.test(
  'the same process is refused a second opening, however the folder is written',
  async (t) => {
    const dir = newFolder(t)
    const log = await openFileLog(dir, { timeOf })
    const error = await errorOf(openFileLog(`${dir}/../${dir.split('/').at(-1)}/`, { timeOf }))
    t.equal(error.code, 'locked')
    t.match(error.message, `process ${process.pid}`)
    await log.close()
    await (await openFileLog(dir, { timeOf })).close()
  },
)

void t.test('of many that open at once after a crash, one gets the log', async (t) => {
  const dir = newFolder(t)
  const crashed = await opener(t, dir)
  await crashed.end('SIGKILL')
  for (let round = 0; round < 20; round++) {
    const openings = await Promise.allSettled(
      Array.from({ length: 16 }, () => openFileLog(dir, { timeOf })),
    )
    const logs = openings.flatMap((opening) =>
      opening.status === 'fulfilled' ? [opening.value] : [],
    )
    t.equal(logs.length, 1)
    for (const opening of openings)
      if (opening.status === 'rejected') t.match(opening.reason, { code: 'locked' })
    for (const log of logs) await log.close()
  }
  const left = readdirSync(dir).filter((name) => name.startsWith('lock'))
  t.equal(left.length, 1, 'what crashes and races left is cleared')
})

void t.test('of many processes that open at once after a crash, one gets the log', async (t) => {
  const dir = newFolder(t)
  const crashed = await opener(t, dir)
  await crashed.end('SIGKILL')
  const openers = await Promise.all(Array.from({ length: 6 }, () => opener(t, dir)))
  t.equal(openers.filter(({ said }) => said === 'open').length, 1)
  t.equal(openers.filter(({ said }) => said.startsWith('locked')).length, 5)
})

void t.test('a folder whose path is longer than a socket address can be locked', async (t) => {
  const dir = join(newFolder(t), 'd'.repeat(200), 'e'.repeat(200))
  mkdirSync(dir, { recursive: true })
  const log = await openFileLog(dir, { timeOf })
  t.equal((await errorOf(openFileLog(dir, { timeOf }))).code, 'locked')
  await log.close()
  await (await openFileLog(dir, { timeOf })).close()
})

void t.test('a copy of the folder is not locked by the original', async (t) => {
  const dir = newFolder(t)
  const log = await openFileLog(dir, { timeOf })
  const copy = newFolder(t)
  cpSync(dir, copy, { recursive: true, filter: (path) => !path.includes('lock') })
  // what tools make of a socket that they cannot copy
  writeFileSync(join(copy, 'lock.1'), '')
  await (await openFileLog(copy, { timeOf })).close()
  await log.close()
})

void t.test('an open log keeps no process alive', async (t) => {
  const child = spawn(process.execPath, [...process.execArgv, fixture, 'leave', newFolder(t)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.same(await once(child, 'exit'), [0, null])
})
