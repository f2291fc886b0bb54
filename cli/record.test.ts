import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { recordedRoom } from '../hub/recorded.contract.ts'
import { run as command } from './stand-in.contract.ts'

// What an auditor does with a stick: a bundle and a key, and no hub anywhere.

t.setTimeout(300_000)
const room = await recordedRoom(t)
const bundle = await room.bundle()
const stick = mkdtempSync(join(tmpdir(), 'stick-'))
t.teardown(() => rmSync(stick, { recursive: true, force: true }))
const nobody = 'http://127.0.0.1:9'
const run = (...words: readonly string[]) => command(nobody, words, stick)
const trusted = ['--bundle', bundle, '--key', room.key] as const

void t.test('replay, diff, who, show and tail work from a bundle alone', async (t) => {
  const moment = room.position(({ event }) => event.type === 'RunAdvanced' && event.wakeAt !== null)
  const last = String(room.sealed)
  const [then, diff, who, show, tail] = await Promise.all([
    run('replay', ...trusted, '--to', moment),
    run('diff', moment, last, ...trusted),
    run('who', '1/0/0', ...trusted),
    run('show', room.ids.opener, ...trusted),
    run('tail', ...trusted),
  ])
  for (const { code, err } of [then, diff, who, show, tail])
    t.match({ code, err }, { code: 0, err: '' })
  t.match(
    then.out,
    new RegExp(`^moment +\\S+ \\S+, position ${moment}, after ${moment} entries$`, 'm'),
  )
  t.match(then.out, /^opener +2 /m)
  t.match(then.out, /^ *desk +\S.* +\/level +0.5/m)
  t.match(diff.out, /^desired +desk +\/level +0.5 +0$/m)
  t.match(diff.out, /^ {2}refused {2}fire desk \/never: held, /m)
  t.match(who.out, /operator:anna at test 1\/0\/0 +fire desk \/cue\/go +sent .* proven, line \d+$/m)
  t.match(
    show.out,
    /^latency +accepted → ended 500 ms {2}\(one clock, of hub-a, which is never set back\)$/m,
  )
  t.match(show.out, /^ {2}step 1 {2}sent {2}fire desk \/one 1 /m)
  t.match(show.out, /^signed by a key that you trust$/m)
  t.notMatch(show.out, 'not sealed')
  t.equal(tail.out.trimEnd().split('\n').length, room.sealed)
})

void t.test('the same as JSON, and without a key it is said that nobody has looked', async (t) => {
  const shown = await run('show', room.ids.go, '--bundle', bundle, '--json')
  t.match(JSON.parse(shown.out), {
    lives: [
      { id: room.ids.go, latency: { clock: 'monotonic' }, entries: [{ proof: { state: 'good' } }] },
    ],
    seal: { origin: 'infrafabric/s', isTrusted: false },
  })
  const then = await run('replay', '--bundle', bundle, '--json')
  t.match(JSON.parse(then.out), { since: null, held: false })
  t.match(then.err, /whose bundle it is was not looked at: give --key or --policy/)
  const diff = await run('diff', '3', '9', ...trusted, '--json')
  t.match(JSON.parse(diff.out), { entries: 6, from: { position: '3' }, to: { position: '9' } })
})

void t.test('a line is proven, and verified by who has line, proof and key', async (t) => {
  const [proof, line] = [join(stick, 'a.tlog-proof'), join(stick, 'a.line')]
  const files = ['--out', proof, '--line', line]
  const made = await run('witness', 'prove', '--position', '7', ...files, '--data', room.data)
  t.match(made, {
    code: 0,
    out: /^written .*: line 6 of the \d+ that are signed, of infrafabric\/s$/m,
  })
  t.match(readFileSync(proof, 'utf8'), /^c2sp.org\/tlog-proof@v1\nindex 6\n/)
  const printed = await run('witness', 'prove', '--seq', '6', '--bundle', bundle)
  t.equal(printed.out, readFileSync(proof, 'utf8'), 'a bundle gives the same proof')
  const verify = (...more: readonly string[]) =>
    run('witness', 'verify', proof, '--key', room.key, ...more)
  t.match(await verify('--line', line), { code: 0, out: /^COMPLETENESS +lines 6 to 6 of the/m })
  t.match(await verify(), { code: 1, err: /which line does .* prove\?/ })
  writeFileSync(line, readFileSync(line).toString().replace('"hub-a"', '"hub-b"'))
  t.match(await verify('--line', line), { code: 5, out: /^INTEGRITY +BROKEN/m })
  t.match(await run('witness', 'prove'), { code: 2, err: /--position or --seq/ })
  t.match(await run('witness', 'prove', '--seq', 'x'), { code: 2 })
  t.match(await run('witness', 'prove', '--seq', '1', '--data', stick), {
    code: 1,
    err: /there is no record in/,
  })
})

void t.test('a macro is run dry from the stick, and says what it would send', async (t) => {
  const before = room.desk.count()
  const dry = (...words: readonly string[]) =>
    run('run', ...words, '--dry-run', '--config', room.config)
  const { code, out } = await dry('opener', ...trusted)
  t.equal(code, 0)
  t.match(out, /^dry run of opener: nothing is sent, and nothing is recorded$/m)
  t.match(out, /^config +[0-9a-f]{12}, the one that was in use then$/m)
  t.match(out, /^\+0 ms +step 1 {2}fire desk \/one 1 {2}would be sent$/m)
  t.match(out, /^ +2f6f6e65000000002c69000000000001$/m)
  t.match(out, /^\+0 ms +step 2 {2}wait 500 ms {2}over after 500 ms$/m)
  t.match(out, /^sent {2}after 500 ms of its own time$/m)
  const machine = await dry('opener', 'fast=true', '--data', room.data, '--json')
  t.match(JSON.parse(machine.out), { macro: 'opener', outcome: 'sent', tookMs: 500 })
  t.match(await dry('nope', ...trusted), { code: 1, err: /no macro 'nope'; there are: opener/ })
  t.match(await dry('opener', ...trusted, '--at', '2099-01-01'), {
    code: 1,
    err: /is in the future/,
  })
  t.match(await dry('opener', ...trusted, '--data', room.data), {
    code: 2,
    err: /a bundle is all there is/,
  })
  t.match(await run('run', 'opener', '--dry-run'), { code: 1, err: /infra.yaml/ })
  t.equal(room.desk.count(), before, 'the desk got nothing')
  t.match(await run('run', 'opener', '--at', '3'), { code: 2, err: /--dry-run/ })
})

void t.test('wrong input ends with its own number, and says what to do', async (t) => {
  const cut = join(stick, 'cut.ifw.ndjson')
  const other = join(stick, 'other.vkey')
  writeFileSync(cut, readFileSync(bundle).subarray(0, 4000))
  const made = await run('witness', 'key', 'elsewhere/log', join(stick, 'other.key'))
  writeFileSync(other, made.out)
  t.match(await run('replay', '--bundle', cut), { code: 7, out: '', err: /has no end: it was cut/ })
  t.match(await run('tail', '--bundle', bundle, '--key', other), {
    code: 8,
    out: '',
    err: /no key that is trusted/,
  })
  t.match(await run('who', '1/0/0', '--bundle', room.key), { code: 12, err: /is no bundle/ })
  t.match(await run('diff', '9', '3', ...trusted), {
    code: 1,
    err: /give the earlier moment first/,
  })
  t.match(await run('replay', ...trusted, '--to', '2099-01-01'), {
    code: 1,
    err: /is in the future/,
  })
  t.match(await run('tail', ...trusted, '--after', '999'), { code: 1, err: /has no position 999/ })
  t.match(await run('replay', '--bundle', bundle, '--data', '.'), {
    code: 2,
    err: /a bundle is all there is/,
  })
  t.match(await run('show', room.ids.go, '--key', room.key), { code: 2, err: /read without a hub/ })
  t.match(await run('diff', '1', '2'), { code: 1, err: /there is no record in data/ })
  const json = await run('replay', '--bundle', cut, '--json')
  t.match([json.code, JSON.parse(json.out)], [7, { code: 'unverified', detail: /it was cut/ }])
})
