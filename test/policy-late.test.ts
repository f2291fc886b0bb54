import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { infra, newRoom } from './hub-process.ts'
import { untilHealth } from './site.ts'

void t.test('a hub whose policy is not there runs, says so, and seals once it is', async (t) => {
  const room = newRoom(t, '')
  const policy = join(room.folder, 'policy')
  room.configure(`site: s\nhttp: { port: 0 }\nwitness: { policy: ${policy}, signAfter: 50ms }\n`)
  const check = () => infra(t, ['config', 'check', room.file])
  t.match(await check(), { code: 3, out: /:3:\d+ witness\.policy: expected a file .*ENOENT/ })

  const hub = await room.start()
  await untilHealth(hub, false)
  writeFileSync(policy, 'quorum\n')
  t.match(await check(), { code: 3, out: /witness\.policy: expected .*line 1 of the policy/ })
  writeFileSync(policy, 'quorum none\n')
  t.match(await check(), { code: 0 }, 'control: the policy can be read')
  await untilHealth(hub, true)

  const { out } = await hub.end('SIGTERM')
  const warnings = out.split('\n').filter((line) => line.startsWith('warning'))
  t.match(warnings[0], /^warning {2}nothing is sealed: ENOENT.*policy/)
  t.equal(warnings.at(-1), 'warning  sealing goes on')
})
