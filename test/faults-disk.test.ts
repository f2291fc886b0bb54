import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lineConfig, lineDevice } from './devices.ts'
import { smallDisk } from './fixtures/small-disk.ts'
import { newRoom } from './hub-process.ts'
import { audit } from './record.ts'
import { untilHealth } from './site.ts'

t.setTimeout(120_000)

const disk = smallDisk(t, 2)

void t.test(
  'on a full disk presses are refused and not sent, and when there is space again all goes on',
  {
    skip:
      disk !== null || process.env['CI'] !== undefined
        ? false
        : 'NOT TESTED: a full disk needs the right to mount one (run as root)',
  },
  async (t) => {
    if (disk === null) throw new Error('a small disk of its own: mounting one needs root')
    const relay = await lineDevice(t)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n  relay: ${lineConfig(relay.port)}\n`,
      join(disk.folder, 'data'),
    )
    mkdirSync(room.data)
    const hub = await room.start()
    const accepted: string[] = []
    let n = 0
    const press = async () => {
      const args = ['x'.repeat(400) + String(n++)]
      const { status, body } = await hub.submit({
        verb: 'fire',
        device: 'relay',
        action: 'hit',
        args,
      })
      if (status === 202) accepted.push(String(body['id']))
      return { status, code: body['code'], detail: String(body['detail']) }
    }
    t.equal((await press()).status, 202)
    t.equal((await hub.get('/health')).status, 200)
    for (let round = 0; round < 2; round++) {
      const free = disk.fill()
      // the page that the journal has begun still takes a few
      let full = await press()
      for (let i = 0; full.status === 202 && i < 50; i++) full = await press()
      const sent = () => relay.got.length
      await relay.until((got) => got.length === accepted.length)
      for (let i = 0; i < 10; i++) {
        const answer = await press()
        t.match(answer, { status: 503, code: 'log-full', detail: /no space/ })
      }
      t.equal(sent(), accepted.length, 'nothing was sent for those')
      const health = await hub.get('/health')
      t.match(health, { status: 503, body: { ok: false } })
      t.match(JSON.stringify(health.body), /no space/, 'health says why')
      t.equal((await hub.get('/api/v1/status')).status, 200, 'the hub is up')
      free()
      t.equal((await press()).status, 202, 'with space again a press is accepted')
      await hub.quiet()
      // the seal stands on the same disk, and goes on a moment later
      await untilHealth(hub, true)
      t.equal(sent(), accepted.length)
    }
    await hub.end()
    const lives = await audit(t, room, accepted)
    t.equal(lives.size, accepted.length, 'what was refused for lack of space is not in the record')
    t.same([...new Set([...lives.values()].flatMap(({ ends }) => ends))], ['confirmed'])
  },
)
