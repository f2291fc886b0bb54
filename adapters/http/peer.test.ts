import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { freePort } from '../../wire/free-port.fixture.ts'
import { drive, emptyFolder, needs, start } from '../real-program.fixture.ts'
import { adapter } from './adapter.ts'
import { simulate } from './simulator.ts'

const run = promisify(execFile)
const realm = 'studio'

/** A lighttpd that lets anna in by digest authentication of that algorithm. */
async function startServer(t: Test, algorithm: 'MD5' | 'SHA-256'): Promise<number> {
  const folder = emptyFolder(t)
  const port = await freePort()
  const hash = createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
  const users = join(folder, 'users')
  writeFileSync(users, `anna:${realm}:${hash.update(`anna:${realm}:right-one`).digest('hex')}\n`)
  writeFileSync(join(folder, 'status.json'), '{"power":"on","level":3}')
  const config = join(folder, 'lighttpd.conf')
  writeFileSync(
    config,
    `server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_auth", "mod_authn_file")
auth.backend = "htdigest"
auth.backend.htdigest.userfile = "${users}"
auth.require = ("/" => ("method" => "digest", "algorithm" => "${algorithm}", "realm" => "${realm}", "require" => "valid-user"))
mimetype.assign = (".json" => "application/json")
`,
  )
  const server = start(t, 'lighttpd', ['-D', '-f', config])
  await server.until(/server started/)
  return port
}

const tools = needs({ lighttpd: 'lighttpd' })

for (const algorithm of ['MD5', 'SHA-256'] as const)
  void t.test(
    `lighttpd lets us in by digest with ${algorithm}, and is polled`,
    tools,
    async (t) => {
      const port = await startServer(t, algorithm)
      const asked = {
        url: `http://127.0.0.1:${port}`,
        user: 'anna',
        auth: 'digest',
        actions: { status: { method: 'GET', path: '/status.json', query: { n: '{n}' } } },
        polls: [{ path: '/status.json', everyMs: 100 }],
        reports: [{ at: 'level', path: 'level' }],
      }
      const right = drive(t, adapter, { ...asked, password: 'right-one' })
      await right.until(() => right.reported.get('level') === 3)
      for (const n of [1, 2, 3]) t.equal(await right.fire('status', { n }), 'confirmed')
      const wrong = drive(t, adapter, { ...asked, password: 'wrong-one' })
      t.match(await wrong.fire('status', { n: 1 }), { code: 'refused', reached: 'yes' }, 'control')
    },
  )

for (const algorithm of ['MD5', 'SHA-256'] as const)
  void t.test(
    `curl gets into our simulator by ${algorithm}`,
    needs({ curl: 'curl' }),
    async (t) => {
      const digest = { user: 'anna', password: 'right-one', algorithm, uses: 1 } as const
      const service = await simulate({ digest })
      t.teardown(() => service.close())
      const url = `http://127.0.0.1:${service.port}/a?b=1`
      const curl = async (user: string) => {
        const format = ['-s', '-o', '/dev/null', '-o', '/dev/null', '-w', '%{http_code}']
        const { stdout } = await run('curl', [...format, '--digest', '-u', user, url, url])
        return stdout
      }
      // the second meets a nonce that is used up, and asks again
      t.equal(await curl('anna:right-one'), '200200')
      t.equal(service.count(), 2)
      t.equal(await curl('anna:wrong'), '401401', 'control')
    },
  )
