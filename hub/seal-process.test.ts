import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { timeOf } from '../bus/entry.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import { newData } from './core.contract.ts'
import { journalOf } from './data-folder.ts'
import type { SealOrder, SealSaid, SealTask } from './seal/seal-task.ts'

void t.test('what a hub says while its sealing starts is heard: it signs', async (t) => {
  const data = newData(t)
  const log = await openFileLog(journalOf(data), { timeOf })
  const [position = ''] = await log.append(['{"at":1,"event":{"type":"x"}}'], 'durable')
  await log.close()
  const task: SealTask = {
    config: { site: 's', log: { engine: 'file' } },
    data,
    origin: 'infrafabric/s',
    keyFile: `${data}/log.key`,
    policyFile: null,
    signAfterMs: 50,
  }
  const child = fork(fileURLToPath(new URL('./seal-process.ts', import.meta.url)))
  t.teardown(() => child.kill('SIGKILL'))
  // all at once, as a hub does
  child.send(task)
  child.send({ signs: true } satisfies SealOrder)
  child.send({ upTo: position } satisfies SealOrder)
  const signal = AbortSignal.timeout(20_000)
  const [made] = (await once(child, 'message', { signal })) as [SealSaid]
  t.match(made, { news: 'key-made' }, 'there was no key yet')
  const [report] = (await once(child, 'message', { signal })) as [SealSaid]
  t.match(report, { signed: 1, sealed: 1, trouble: null })
  child.send({ stop: true } satisfies SealOrder)
  await once(child, 'exit', { signal })
})
