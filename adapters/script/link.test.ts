import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { watch } from '../rig.fixture.ts'
import { adapter } from './adapter.ts'
import type { Program, ScriptOptions } from './options.ts'
import { createTail } from './tail.ts'

const device = 'scripts' as DeviceId // any name will do
const soon = () => AbortSignal.timeout(20_000)

function optionsOf(programs: Readonly<Record<string, Program>>, concurrency = 1): ScriptOptions {
  return { programs, sets: {}, concurrency }
}

/** Node, which runs everywhere that these tests do, with a program of one line. */
function node(source: string, ...args: string[]): Program {
  return { path: process.execPath, args: ['-e', source, '--', ...args] }
}

/** A link, what it reports, and a way to run a program to its end. */
function opened(t: Test, options: ScriptOptions) {
  const context = watch()
  const reported = new Map<string, Json>()
  const report = (path: string, value: Json) => {
    reported.set(path, value)
    context.report(path, value)
  }
  const link = adapter.open(options, { ...context, report })
  t.teardown(() => link.close())
  const run = async (action: string, args: Json = {}, signal = soon()) => {
    const intent = { verb: 'fire', device, action, args } as const
    const planned = adapter.plan(intent, options, new Map())
    if (!planned.ok) return planned.failure
    return link.send(planned.command, signal).catch((error: unknown) => {
      if (error instanceof DeliveryError) return error.failure
      throw error
    })
  }
  return { link, context, reported, run }
}

void t.test('an argument stays one argument, whatever stands in it', async (t) => {
  const say = node('console.log(JSON.stringify(process.argv.slice(1)))', 'to {who}', '{who}', '--x')
  const { run, reported } = opened(t, optionsOf({ say }))
  for (const who of [
    'a b',
    '$(id) `id` ; rm -rf / | cat > x',
    '\'"\\',
    'line\nbreak',
    '*',
    '',
    '-v',
  ]) {
    t.equal(await run('say', { who }), 'confirmed', who)
    t.strictSame(JSON.parse(String(reported.get('say/output'))), [`to ${who}`, who, '--x'])
  }
  t.equal(reported.get('say/exit'), 0)
})

void t.test(
  'of the hub a program is given no secret, and what it has of its own is not shown',
  async (t) => {
    process.env['HUB_TOKEN'] = 'S3CR3T-of-the-hub'
    t.teardown(() => delete process.env['HUB_TOKEN'])
    const key = 'first line of key\nsecond line'
    const env = { KEY: key, SHORT: 'abc' }
    const source = 'console.log(JSON.stringify(process.env)); console.log("KEY " + process.env.KEY)'
    const names = node('console.log(Object.keys(process.env).sort().join())')
    const options = optionsOf({ all: { ...node(source), env }, names: { ...names, env } })
    const { run, reported } = opened(t, options)
    t.equal(await run('names'), 'confirmed')
    const given = String(reported.get('names/output')).split(',')
    t.ok(given.includes('PATH') && given.includes('KEY'), 'control: it has what it needs')
    t.notOk(given.includes('HUB_TOKEN'))
    t.equal(await run('all'), 'confirmed')
    t.equal(reported.get('all/output'), 'KEY …', 'nor one line of a longer one')
    t.notMatch(
      JSON.stringify(adapter.preview?.({ of: 'programs', name: 'all', args: [] }, options)),
      /first/,
    )
  },
)

void t.test('the end of what it said stands in the failure, bounded and on one line', async (t) => {
  const options = optionsOf({
    loud: node(
      'process.stdout.write("x".repeat(8e6)); console.error("\\n\\x1b[31mno lamp\\r\\n\\n"); process.exitCode = 7',
    ),
    wide: node('process.stderr.write("x".repeat(5000)); process.exitCode = 1'),
    quiet: node('process.exitCode = 2'),
    crash: node('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)'),
  })
  const { run } = opened(t, options)
  t.strictSame(await run('loud'), {
    code: 'refused',
    reached: 'yes',
    detail: 'program loud ended with 7: [31mno lamp',
  })
  t.match(await run('wide'), {
    detail: 'program wide ended with 1: (a line of more than 4096 bytes)',
  })
  t.match(await run('quiet'), { detail: 'program quiet ended with 2' })
  t.match(await run('crash'), { code: 'malformed', reached: 'maybe', detail: /SIGKILL/ })
  const tail = createTail()
  tail.push(Buffer.from(`${'x'.repeat(4090)}S3C`))
  tail.push(Buffer.from('R3T\nlast\n'))
  t.equal(tail.line(['S3CR3T']), 'last')
})

/** Whether a process lives, and is no zombie that only waits to be counted by its parent. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // where there is no /proc, the signal is all there is to go by
    return !existsSync('/proc/self') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

void t.test('a program that takes too long is ended with all it started', async (t) => {
  const stubborn =
    'const c = require("child_process").spawn(process.execPath, ["-e", "process.on(`SIGTERM`, () => {}); setInterval(() => {}, 1000); console.log(1)"], { stdio: ["ignore", "pipe", "ignore"] });' +
    'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);' +
    'c.stdout.once("data", () => require("fs").writeFileSync(process.argv[1], process.pid + " " + c.pid))'
  const folder = mkdtempSync(join(tmpdir(), 'infra-script-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const told = join(folder, 'pids')
  const options = optionsOf({
    slow: { ...node(stubborn, told), timeoutMs: 1500 },
    next: node(''),
  })
  const { run, link } = opened(t, options)
  const began = performance.now()
  const end = await run('slow')
  t.match(end, { code: 'timeout', reached: 'maybe', detail: /within 1500 ms/ })
  t.ok(performance.now() - began < 1500 + 1000, 'it is said at once')
  const both = readFileSync(told, 'utf8').split(' ').map(Number)
  t.equal(both.length, 2, 'control: it had started another')
  t.ok(both.every(lives), 'control: they do not end by SIGTERM')
  t.equal(await run('next'), 'confirmed', 'the next waits for its end')
  t.notOk(both.some(lives), 'both are gone')
  await link.close()
})

void t.test('closing the link leaves nothing behind', async (t) => {
  const { run, link, reported } = opened(
    t,
    optionsOf({ wait: node('console.log(process.pid); setInterval(() => {}, 1000)') }),
  )
  const sending = run('wait')
  await new Promise((resolve) => setImmediate(resolve))
  await link.close()
  t.match(await sending, { code: 'unreachable', reached: 'maybe' })
  t.equal(reported.size, 0)
  t.match(await run('wait'), { code: 'unreachable', reached: 'no' })
})

void t.test('what a program leaves running does not delay its outcome', async (t) => {
  const leave =
    'const c = require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "inherit" }); c.unref(); console.log(c.pid)'
  const { run, reported } = opened(t, optionsOf({ leave: node(leave) }))
  t.equal(await run('leave'), 'confirmed')
  const pid = Number(reported.get('leave/output'))
  t.ok(lives(pid), 'control: it still runs')
  process.kill(pid, 'SIGKILL')
})

void t.test('as many run at once as the config says, and the next waits', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'infra-script-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  // each waits until it finds the file of the other
  const meet =
    'const fs = require("fs"); const [dir, me, other] = process.argv.slice(1); fs.writeFileSync(dir + "/" + me, ""); const look = () => fs.existsSync(dir + "/" + other) || setTimeout(look, 5); look()'
  const programs = { meet: node(meet, folder, '{me}', '{other}') }
  const two = opened(t, optionsOf(programs, 2))
  const both = [run(two, 'a', 'b'), run(two, 'b', 'a')]
  t.strictSame(await Promise.all(both), ['confirmed', 'confirmed'])
  const one = opened(t, optionsOf(programs))
  const alone = run(one, 'c', 'd', AbortSignal.timeout(1000))
  const second = run(one, 'd', 'c', AbortSignal.timeout(500))
  t.match(await second, { code: 'timeout', reached: 'no', detail: /others still run/ })
  t.match(await alone, { code: 'timeout', reached: 'maybe' }, 'control: alone it waits for ever')
  async function run(at: ReturnType<typeof opened>, me: string, other: string, signal = soon()) {
    return at.run('meet', { me, other }, signal)
  }
})

void t.test('what cannot be run is named, and the others still can', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'infra-script-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const plain = join(folder, 'plain')
  writeFileSync(plain, 'no program', { mode: 0o600 })
  const options = optionsOf({
    gone: { path: join(folder, 'gone') },
    plain: { path: plain },
    folder: { path: process.execPath, cwd: join(folder, 'none') },
    good: node(''),
  })
  const { run, link, context } = opened(t, options)
  await context.until(() => context.up === true)
  t.match(context.details.at(-1), /^not there: .*gone, .*plain$/)
  t.match(await run('gone'), { code: 'unreachable', reached: 'no', detail: /is not there/ })
  t.match(await run('plain'), { code: 'unreachable', reached: 'no', detail: /executable/ })
  t.match(await run('folder'), { code: 'unreachable', reached: 'no', detail: /working folder/ })
  t.equal(await run('good'), 'confirmed')
  t.equal(context.up, true)
  const looked = await link.test(soon()).catch((error: unknown) => error)
  t.match(looked, { failure: { code: 'unreachable', detail: /gone/ } })
  const none = opened(t, optionsOf({}))
  await none.context.until(() => none.context.up === false)
})
