import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseVkey, plainKeyOf } from '../check/vkey.ts'
import { publish, seal, signHead } from '../seal/sealer.ts'
import { SealStore } from '../seal/store.ts'
import { logSigner, newFolder } from '../seal/try.fixture.ts'
import { OtherProcess } from './other-process.ts'
import { workOff } from './parallel.ts'
import { doTask, type Task } from './task.ts'

/** A folder of ten lines under one head. */
function sealed(t: Test): { folder: string; file: string; head: string } {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  seal(
    store,
    Array.from({ length: 10 }, (_, i) => ({ rid: String(i + 1), body: `{"n":${i}}` })),
  )
  publish(store, signHead(store, logSigner), [])
  store.close()
  const file = join(folder, 'segments', '000000.ndjson')
  return { folder, file, head: join(folder, 'checkpoints', '10') }
}

const scanOf = (file: string): Task => ({
  scan: { file, first: 0, sizes: [5, 10], strict: true, later: [] },
})
const headsOf = (folder: string): Task => ({
  heads: { folder, names: ['10'], keys: [plainKeyOf(parseVkey(logSigner.vkey))] },
})

void t.test('another process finds what this one does, good or not', async (t) => {
  const { folder, file, head } = sealed(t)
  const other = new OtherProcess()
  t.teardown(() => other.end())
  const same = async (name: string) => {
    for (const task of [scanOf(file), headsOf(folder)])
      t.same(await other.do(task), doTask(task), name)
    return doTask(headsOf(folder))
  }
  t.match(await same('good'), { heads: [{ head: { size: 10, signatures: [{ good: {} }] } }] })
  writeFileSync(file, readFileSync(file, 'utf8').replace('"n":7', '"n":8'))
  const note = readFileSync(head)
  note[note.length - 4] = note[note.length - 4] === 65 ? 66 : 65
  writeFileSync(head, note)
  t.match(await same('changed'), { heads: [{ head: { signatures: [{ good: null }] } }] })
  writeFileSync(head, 'no head')
  t.match(await same('unreadable'), { heads: [{ name: '10', unreadable: String }] })
})

void t.test('what another process cannot do is done here, and the fault is told', async (t) => {
  const { folder, file } = sealed(t)
  const missing = scanOf(join(folder, 'missing'))
  const other = new OtherProcess()
  await t.rejects(other.do(missing), /ended before it was done/, 'control: there it ends')
  await t.rejects(other.do(scanOf(file)), /ended before it was done/, 'and does nothing more')
  await t.rejects(workOff([scanOf(file), missing, missing, missing], 2), { code: 'ENOENT' })
  const good = Array.from({ length: 6 }, () => scanOf(file))
  t.same(await workOff(good, 3), good.map(doTask), 'control: all in their order')
})
