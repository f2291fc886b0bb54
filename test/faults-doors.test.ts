import { execFile, spawnSync } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import t from 'tap'
import { oscDevice } from './devices.ts'
import { infra, newRoom } from './hub-process.ts'
import { audit } from './record.ts'

t.setTimeout(120_000)

const run = promisify(execFile)
const missing = ['oscsend', 'curl'].filter(
  (tool) => spawnSync(tool, ['--help']).error !== undefined,
)

void t.test(
  'oscsend, curl and infra press reach the same hub, and each press says who it was and what became of it',
  {
    skip:
      missing.length === 0 || process.env['CI'] !== undefined
        ? false
        : `NOT TESTED: ${missing.join(' and ')} missing (Debian: apt-get install liblo-tools curl)`,
  },
  async (t) => {
    t.same(missing, [], 'the tools are there')
    const desk = await oscDevice(t)
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n` +
        `surfaces:\n  touch: { type: osc, port: 0 }\n` +
        `pages:\n  1:\n` +
        [0, 1, 2]
          .map((n) => `    0/${n}: { press: { fire: desk, action: /cue/go, args: [${n}] } }\n`)
          .join(''),
    )
    const hub = await room.start()
    const port = String(await hub.port('touch'))
    await run('oscsend', ['127.0.0.1', port, '/location/1/0/0/press'])
    await run('oscsend', ['127.0.0.1', port, '/if/fire/desk/cue/name', 'sif', 'intro', '7', '0.5'])
    await desk.until((got) => got.length === 2)
    const curl = await run('curl', [
      '-sS',
      '--json',
      '{"wait":"outcome","operator":"anna"}',
      `${hub.url}/api/v1/controls/1/0/1/press`,
    ])
    t.match(JSON.parse(curl.stdout), { outcome: { type: 'sent' } })
    const pressed = await infra(t, ['press', '1/0/2', '--url', hub.url])
    t.match(pressed, { code: 0, out: /sent/ })
    await desk.until((got) => got.length === 4)
    await hub.quiet()
    await hub.end()
    t.same(desk.got, ['/cue/go 0', '/cue/name intro 7 0.5', '/cue/go 1', '/cue/go 2'])
    const lives = [...(await audit(t, room)).values()].map(({ submission, ends }) => ({
      actor: submission.actor,
      source: submission.source,
      ends,
    }))
    const ends = ['sent']
    const hand = (id: string, surface: string, control: string) => ({
      type: 'operator',
      id,
      surface,
      control,
    })
    t.match(lives, [
      {
        actor: hand('unidentified', 'touch', '1/0/0'),
        source: /^osc:127\.0\.0\.1:\d+$/,
        ends,
      },
      { actor: hand('unidentified', 'touch', '/if/fire/desk/cue/name'), source: /^osc:127/, ends },
      { actor: hand('anna', 'console', '1/0/1'), source: 'http:127.0.0.1', ends },
      { actor: hand(userInfo().username, 'console', '1/0/2'), source: 'http:127.0.0.1', ends },
    ])
  },
)
