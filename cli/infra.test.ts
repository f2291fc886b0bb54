import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import t from 'tap'
import { coloured } from './output.ts'
import { infra } from './program.ts'
import { run, standIn } from './stand-in.contract.ts'

function commands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commands)]
}

void t.test(
  'every command has help with an example, and those that do something know --json',
  (t) => {
    const all = commands(infra())
    t.ok(all.length > 25, 'all commands are looked at')
    for (const command of all) {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) })
      command.outputHelp()
      t.match(help, /\nExample:\n {2}\$ infra /, `infra ${command.name()}`)
      if (command.commands.length === 0) t.match(help, '--json', `infra ${command.name()}`)
    }
    t.end()
  },
)

void t.test('--help goes to stdout and ends with 0', async (t) => {
  const { code, out, err } = await run('', ['bus', 'exec', '--help'])
  t.equal(code, 0)
  t.match(out, 'infra bus exec vmix mypro StartStreaming')
  t.equal(err, '')
})

void t.test('a wrong command line ends with 2, a hint and nothing on stdout', async (t) => {
  const wrong = [
    ['pres', '1/0/0'],
    ['press', '1-0-0'],
    ['hold', 'maybe'],
    ['fire', 'desk', '/cue', '1', 'a=1'],
    ['status', '--url', 'ftp://example.org'],
  ]
  const all = await Promise.all(wrong.map((words) => run('', words)))
  for (const [i, { code, out, err }] of all.entries()) {
    const name = wrong[i]?.join(' ') ?? ''
    t.equal(code, 2, name)
    t.equal(out, '', name)
    t.match(err, /^infra: .+\n {0,2}.+/, name)
  }
  t.match(all[0]?.err, 'Did you mean press?')
})

void t.test('where no hub answers the exit is 4, with how to start one', async (t) => {
  // a port that was free a moment ago and that nobody listens on now
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { code, out, err } = await run(`http://127.0.0.1:${port}`, ['status', '--json'])
  t.equal(code, 4)
  t.match(err, 'infra up')
  t.match(JSON.parse(out), { code: 'unreachable' }, 'one JSON value also now')
})

void t.test('something else at that address is not taken for a hub', async (t) => {
  const other = await standIn((_, response) => response.end('<h1>It works!</h1>'))
  t.teardown(() => other.close())
  const { code, err } = await run(other.url, ['status'])
  t.equal(code, 4)
  t.match(err, 'not an InfraFabric hub')
})

void t.test('colours are for terminals, and NO_COLOR turns them off', (t) => {
  const before = { NO_COLOR: process.env['NO_COLOR'], TERM: process.env['TERM'] }
  t.teardown(() => {
    delete process.env['NO_COLOR']
    Object.assign(process.env, JSON.parse(JSON.stringify(before)))
  })
  process.env['TERM'] = 'xterm'
  process.env['NO_COLOR'] = ''
  t.equal(coloured({ isTTY: true }), true, 'an empty NO_COLOR does not count')
  t.equal(coloured({}), false, 'a pipe gets none')
  process.env['NO_COLOR'] = '1'
  t.equal(coloured({ isTTY: true }), false)
  t.end()
})

void t.test(
  'a hub that is started with a wrong config names each fault on a line of its own',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'infra-'))
    writeFileSync(join(folder, 'infra.yaml'), 'sites: a\n')
    const { code, out, err } = await run('', ['up'], folder)
    t.equal(code, 3)
    t.equal(out, '')
    t.match(err, /^infra: infra\.yaml:1:1 sites: [^\n]*\ninfra: infra\.yaml:1:1 site: [^\n]*\n$/)
  },
)
