import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { infra, newRoom } from './hub-process.ts'
import { sealerOf, untilSigned } from './sealing-hub.ts'

// The keys of a hub that runs, as its operator and its auditor meet them.

t.setTimeout(180_000)

const config =
  'site: s\nhub: h\nhttp: { port: 0 }\nwitness: { signAfter: 50ms, heartbeat: 1s }\ndevices: {}\n'

void t.test('a key is changed while the hub runs, and its auditor follows', async (t) => {
  const room = newRoom(t, config)
  const hub = await room.start()
  await untilSigned(hub)
  const vkeyFile = join(room.data, 'witness', 'log.vkey')
  const old = readFileSync(vkeyFile, 'utf8').trim()
  const at = ['--url', hub.url]
  const rotated = await infra(t, ['witness', 'key', 'rotate', '--json', ...at])
  t.equal(rotated.code, 0, rotated.err)
  const { next, last } = JSON.parse(rotated.out) as { next: string; last: number }
  t.match(JSON.parse(rotated.out), { old })
  t.equal(readFileSync(vkeyFile, 'utf8').trim(), next)
  await hub.entry((event) => event.type === 'KeyRetired' && event.key === old)
  await hub.entry((event) => event.type === 'HeadSealed' && event.size > last)
  const served = await infra(t, ['witness', 'verify', hub.url, '--key', old, '--strict'])
  t.equal(served.code, 0, served.out)
  t.equal((await infra(t, ['witness', 'verify', `${hub.url}/witness`, '--key', next])).code, 0)
  const stranger = join(room.folder, 'stranger.key')
  const other = await infra(t, ['witness', 'key', 'infrafabric/s', stranger])
  t.equal((await infra(t, ['witness', 'verify', hub.url, '--key', other.out.trim()])).code, 8)
  await hub.end()
  for (const key of [old, next])
    t.equal((await infra(t, ['witness', 'verify', room.data, '--key', key])).code, 0)
  const away = await infra(t, ['witness', 'verify', hub.url, '--key', old])
  t.match(away, { code: 4, err: /nobody answers/ }, 'control: the hub is gone')

  const rootKey = join(room.folder, 'root.key')
  const rootVkey = (await infra(t, ['witness', 'key', '--root', 's/root', rootKey])).out.trim()
  const manifest = join(room.folder, 'manifest')
  const say = (key: string, ...range: readonly string[]) =>
    infra(t, ['witness', 'manifest', manifest, '--root', rootKey, '--key', key, ...range])
  t.equal((await say(old, '--from', '0', '--to', String(last))).code, 0)
  const verify = () =>
    infra(t, ['witness', 'verify', room.data, '--root', rootVkey, '--manifest', manifest])
  t.equal((await verify()).code, 8, 'the new key is not in it yet')
  t.equal((await say(next, '--from', String(last + 1))).code, 0)
  t.equal((await verify()).code, 0)
})

void t.test(
  'whenever the power goes while a key is changed, the next start goes on and the record is good',
  async (t) => {
    const room = newRoom(t, config)
    let told = 0
    let key = ''
    for (const afterMs of [5, 15, 40, 120]) {
      const hub = await room.start()
      await untilSigned(hub)
      key ||= readFileSync(join(room.data, 'witness', 'log.vkey'), 'utf8').trim()
      const sealer = sealerOf(hub)
      if (sealer === null) throw new Error('it has a process that seals')
      const asked = hub.post('/api/v1/witness/key/rotate').catch(() => null)
      await sleep(afterMs)
      process.kill(sealer, 'SIGKILL')
      await hub.end('SIGKILL')
      if ((await asked)?.status === 200) told++
    }
    const hub = await room.start()
    const { status, body } = await hub.post('/api/v1/witness/key/rotate')
    t.match({ status, body }, { status: 200, body: { last: Number } }, 'it can be changed again')
    await hub.end()
    const lines = readFileSync(join(room.data, 'witness', 'segments', '000000.ndjson'), 'utf8')
    const changes = lines.split('"type":"KeyChanged"').length - 1
    t.ok(
      changes > 1 && told < 4,
      `control: ${changes} changes, ${told} were told of before the end`,
    )
    const verified = await infra(t, ['witness', 'verify', room.data, '--key', key, '--strict'])
    t.equal(verified.code, 0, `${verified.out}${verified.err}`)
  },
)
