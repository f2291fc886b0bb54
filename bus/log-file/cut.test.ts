import t, { type Test } from 'tap'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { body, bodiesOf, errorOf, followUntil } from '../log.contract.ts'
import type { LogBase, Position } from '../log.ts'
import { openFileLog } from './log.ts'
import { readFileLog } from './read.ts'
import { timeOf } from './try.fixture.ts'

const never = new AbortController().signal

/** A log of 40 lines, four a file. */
async function fortyLines(t: Test) {
  const dir = mkdtempSync(join(tmpdir(), 'if-cut-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const open = () => openFileLog(dir, { timeOf, segmentBytes: 90 })
  const log = await open()
  for (let i = 1; i <= 40; i++) await log.append([body(i)], 'live')
  return { dir, log, open }
}

const files = (dir: string) => readdirSync(dir).filter((name) => name.endsWith('.log'))
const at = (n: number) => String(n) as Position

void t.test(
  'whole files go, and everything after them is there, with what stands in their place',
  async (t) => {
    const { dir, log, open } = await fortyLines(t)
    const before = files(dir)
    const after = (await log.cutting?.cuttable(at(19))) ?? at(0)
    t.ok(Number(after) > 10 && Number(after) <= 19, `up to ${after}`)
    const base: LogBase = { after, text: '{"what":"it was"}\nand more' }
    await log.cutting?.cut(base)
    t.ok(files(dir).length < before.length, 'control: files are gone')
    const rest = Array.from({ length: 40 - Number(after) }, (_, i) => body(Number(after) + i + 1))
    const whole = async (view: Pick<typeof log, 'read' | 'tail' | 'find' | 'before'>) => {
      t.same(await bodiesOf(view.read(null, never)), rest)
      t.same(await bodiesOf(view.read(after, never)), rest)
      t.equal((await view.tail(100)).length, rest.length)
      t.equal(await view.find(body(3), null, never), null)
      t.equal((await view.find(body(30), null, never))?.position, '30')
      t.equal(await view.before(30), '29')
      t.equal((await errorOf(bodiesOf(view.read(at(3), never)))).code, 'position')
    }
    await whole(log)
    t.equal((await followUntil(log, null, rest.length)).length, rest.length)
    await whole(readFileLog(dir, timeOf))
    t.same(await readFileLog(dir, timeOf).base(), base)
    t.same(await log.append([body(41)], 'durable'), ['41'])
    await log.close()
    const again = await open()
    t.same(await again.cutting?.base(), base)
    t.equal((await bodiesOf(again.read(null, never))).length, rest.length + 1)
    await again.close()
  },
)

void t.test('the newest file stays, and nothing is cut twice', async (t) => {
  const { log } = await fortyLines(t)
  const after = (await log.cutting?.cuttable(at(40))) ?? at(0)
  t.ok(Number(after) < 40)
  await log.cutting?.cut({ after, text: '' })
  t.equal(await log.cutting?.cuttable(at(40)), null)
  t.equal(await log.cutting?.cuttable(at(3)), null)
  t.equal((await bodiesOf(log.read(null, never))).length, 40 - Number(after))
  await log.close()
})

void t.test('a cut that a crash left half done is ended at the next start', async (t) => {
  const { dir, log, open } = await fortyLines(t)
  const after = (await log.cutting?.cuttable(at(20))) ?? at(0)
  const before = files(dir).length
  await log.close()
  // the base was kept, and then the process ended: a log with the base alone says what it was
  const other = await fortyLines(t)
  await other.log.cutting?.cut({ after, text: 'base' })
  await other.log.close()
  writeFileSync(join(dir, 'base'), readFileSync(join(other.dir, 'base')))
  const view = readFileLog(dir, timeOf)
  t.equal((await bodiesOf(view.read(null, never))).length, 40 - Number(after))
  const again = await open()
  t.ok(files(dir).length < before)
  t.equal((await bodiesOf(again.read(null, never))).length, 40 - Number(after))
  await again.close()
})

void t.test('files that are missing and were not cut are still a fault', async (t) => {
  const { dir, log, open } = await fortyLines(t)
  const after = (await log.cutting?.cuttable(at(20))) ?? at(0)
  await log.cutting?.cut({ after, text: 'base' })
  await log.close()
  const [first = '', second = ''] = files(dir)
  rmSync(join(dir, first))
  const torn = await open()
  t.match(await errorOf(bodiesOf(torn.read(null, never))), {
    code: 'corrupt',
    message: /is missing/,
  })
  await torn.close()
  t.ok(second)
  writeFileSync(join(dir, 'base'), '{"after":3,"sha256":"00"}\nbase')
  t.match(await errorOf(open()), { code: 'corrupt', message: /damaged/ })
})
