import { readFileSync } from 'node:fs'
import t from 'tap'
import { isObject } from '../intents/json.ts'
import { infra, newRoom } from './hub-process.ts'
import { until } from './site.ts'

/** The processes that a process started. */
function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').flatMap((each) => (each.trim() === '' ? [] : [Number(each)]))
}

void t.test('a hub that is stopped at its terminal seals its last entries', async (t) => {
  const room = newRoom(t, 'site: s\nhttp: { port: 0 }\nwitness: { signAfter: 50ms }\n')
  const hub = await room.start()
  const sealed = async () => isObject((await hub.get('/api/v1/witness')).body['seal'] ?? null)
  await until('a seal', sealed)
  const [sealer, ...more] = childrenOf(hub.pid)
  t.same(more, [], 'control: it has one process beside it')
  // a terminal signals every process in it
  if (sealer !== undefined) process.kill(sealer, 'SIGINT')
  const { code, out } = await hub.end('SIGINT')
  t.equal(code, 0)
  t.notMatch(out, /warning/)
  t.match(await infra(t, ['witness', 'verify', room.data]), {
    code: 0,
    out: /^UNSEALED {6}0 lines/m,
  })
})
