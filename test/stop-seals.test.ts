import t from 'tap'
import { infra, newRoom } from './hub-process.ts'
import { sealerOf, untilSigned } from './sealing-hub.ts'

void t.test('a hub that is stopped at its terminal seals its last entries', async (t) => {
  const room = newRoom(t, 'site: s\nhttp: { port: 0 }\nwitness: { signAfter: 50ms }\n')
  const hub = await room.start()
  await untilSigned(hub)
  const sealer = sealerOf(hub)
  t.not(sealer, null, 'control: a process seals for it')
  // a terminal signals every process in it
  if (sealer !== null) process.kill(sealer, 'SIGINT')
  const { code, out } = await hub.end('SIGINT')
  t.equal(code, 0)
  t.notMatch(out, /warning/)
  t.match(await infra(t, ['witness', 'verify', room.data]), {
    code: 0,
    out: /^UNSEALED {6}0 lines/m,
  })
})
