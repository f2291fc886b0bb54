import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Instant } from '../../intents/id.ts'
import type { BusEvent } from '../../intents/event.ts'
import { newKey, parseKey } from '../../witness/sign/key.ts'
import { latencyOf } from '../devices/latency.ts'
import { auditProofFile, proveGiven } from './proof-files.ts'
import { given, recordedRoom } from '../recorded.contract.ts'
import { showGiven, whoGiven } from './shown.ts'

void t.test(
  'an intent is shown with all that it led to, and each entry with its proof',
  async (t) => {
    const room = await recordedRoom(t)
    const { lives, seal, since } = await showGiven(
      given({ data: room.data, keys: [room.key] }),
      room.ids.opener,
      null,
    )
    t.match(seal, { origin: 'infrafabric/s', size: room.sealed, isTrusted: true })
    t.equal(since, null)
    t.strictSame(
      lives.map(({ intent, cause, outcome }) => [intent.verb, cause?.step ?? null, outcome?.type]),
      [
        ['run', null, 'sent'],
        ['fire', 0, 'sent'],
        ['do', 2, 'sent'],
        ['set', 0, 'sent'],
        ['fire', 1, 'sent'],
        ['fire', 3, 'sent'],
      ],
    )
    const entries = lives.flatMap((life) => life.entries)
    t.equal(entries.length, 21, 'acceptance, attempt and end of each, and the way of the run')
    for (const { proof, position } of entries)
      t.match(proof, { state: 'good', index: Number(position) - 1 })
    t.match(lives[0]?.latency, {
      startedMs: null,
      endedMs: 500,
      clock: 'monotonic',
      hubs: ['hub-a'],
    })
    t.match(lives[1]?.latency, { startedMs: 0, deliveredMs: 0, endedMs: 0 })
    const same = await showGiven(given({ bundle: await room.bundle() }), room.ids.opener, null)
    t.strictSame(same.lives, lives, 'a bundle says the same')
    t.equal(same.seal?.isTrusted, false, 'and nobody said whose it is')
  },
)

void t.test('who pressed a control is told from a bundle, newest first', async (t) => {
  const room = await recordedRoom(t)
  const bundle = await room.bundle()
  const { lives } = await whoGiven(given({ bundle }), '1/0/0', 20, null)
  const { level, go, refused, opener, held } = room.ids
  const ids = lives
    .map(({ id }) => id)
    .filter((id) => [level, go, refused, opener, held].includes(id))
  t.strictSame(ids, [held, opener, refused, go, level])
  t.match(
    lives.find(({ id }) => id === held),
    { outcome: { type: 'refused' }, actor: { id: 'anna' } },
  )
  const two = await whoGiven(given({ bundle }), '1/0/0', 2, null)
  t.strictSame(two.lives, lives.slice(0, 2))
  t.strictSame((await whoGiven(given({ bundle }), '1/0/9', 20, null)).lives, [])
})

void t.test(
  'what is not sealed yet, or was changed after it was, is not called proven',
  async (t) => {
    const room = await recordedRoom(t)
    const journal = join(room.data, 'journal')
    const show = () => showGiven(given({ data: room.data }), room.ids.go, null)
    t.equal((await show()).lives[0]?.entries[0]?.proof?.state, 'good', 'control')
    const segment = join(room.data, 'witness', 'segments', '000000.ndjson')
    const good = readFileSync(segment)
    writeFileSync(segment, good.toString().replace('/cue/go', '/cue/no'))
    const changed = (await show()).lives[0]?.entries.map(({ proof }) => proof?.state)
    t.same(changed?.[0], 'not proven')
    writeFileSync(segment, good)
    // the seal alone is a record, too
    rmSync(journal, { recursive: true })
    const alone = await show()
    t.match(alone.lives[0]?.entries[0]?.proof, { state: 'good' })
    writeFileSync(segment, good.toString().replace('/cue/go', '/cue/no'))
    await t.rejects(show(), { name: 'RecordError', exit: 5 })
  },
)

void t.test(
  'a proof that was written is verified by who has the line, the file and the key',
  async (t) => {
    const room = await recordedRoom(t)
    const folder = join(room.data, 'proofs')
    const { files } = await showGiven(given({ data: room.data }), room.ids.go, folder)
    t.equal(files.length, 3)
    const asked = { keys: [room.key], policy: null, heads: [], strict: false }
    for (const file of files)
      t.match(auditProofFile(file, file.replace('.tlog-proof', '.line'), asked), {
        exit: 0,
        verdict: { ok: true },
      })
    const [first = '', second = ''] = files
    const other = second.replace('.tlog-proof', '.line')
    t.equal(auditProofFile(first, other, asked).exit, 5, "another entry's line")
    const stranger = [parseKey(newKey('other/log', 'log')).vkey]
    const line = first.replace('.tlog-proof', '.line')
    t.equal(auditProofFile(first, line, { ...asked, keys: stranger }).exit, 8)
    t.throws(() => auditProofFile(first, null, asked), /which line does/)
    t.throws(() => auditProofFile(first, line, { ...asked, keys: [] }), /whose is/)
    t.throws(() => auditProofFile(first, `${line}s`, asked), /there is no file/)
    // an editor's line feed behind it changes nothing
    writeFileSync(line, Buffer.concat([readFileSync(line), Buffer.from('\n')]))
    t.equal(auditProofFile(first, line, asked).exit, 0)
  },
)

void t.test('a bundle of another log, cut or changed is not shown', async (t) => {
  const room = await recordedRoom(t)
  const bundle = await room.bundle()
  const bytes = readFileSync(bundle)
  const bad = join(room.data, 'bad.ifw.ndjson')
  const no = async (content: Buffer | string, exit: number, keys: readonly string[] = []) => {
    writeFileSync(bad, content)
    await t.rejects(showGiven(given({ bundle: bad, keys }), room.ids.go, null), {
      name: 'RecordError',
      exit,
    })
  }
  await no(bytes.subarray(0, bytes.length - 40), 7)
  await no(bytes.toString().replace('/cue/go', '/cue/no'), 5)
  await no('', 12)
  await no('hello\n', 12)
  await no(bytes, 8, [parseKey(newKey('other/log', 'log')).vkey])
  // an insider who makes all hashes fit again: without a key only the head tells
  const head = bytes.toString().replace(/\\n([A-Za-z0-9+/]{43}=)\\n/, `\\n${'A'.repeat(43)}=\\n`)
  await no(head, 6)
  const unheard = '01890a5d-ac96-774b-bcce-b302099a8057' as typeof room.ids.go // of the right form
  writeFileSync(bad, bytes)
  t.equal((await showGiven(given({ bundle: bad }), room.ids.go, null)).lives.length, 1, 'control')
  await t.rejects(showGiven(given({ bundle: bad }), unheard, null), /has no intent/)
  await t.rejects(
    proveGiven(given({ bundle }), { seq: 9999 }, { proof: null, line: null }),
    /line 9999 is not among/,
  )
})

void t.test('a latency says by whose clock it is', async (t) => {
  const at = (ms: number, event: BusEvent, hub = 'a', start = 1) => ({
    at: ms as Instant,
    event,
    hub,
    start,
  })
  const intent = '01890a5d-ac96-774b-bcce-b302099a8057' as never
  const started: BusEvent = { type: 'AttemptStarted', intent, attempt: 1 }
  const delivered: BusEvent = { type: 'Delivered', intent, attempt: 1, ack: 'sent' }
  const life = (...entries: ReturnType<typeof at>[]) => latencyOf(100 as Instant, entries)
  t.strictSame(life(at(101, started), at(112, delivered)), {
    startedMs: 1,
    deliveredMs: 12,
    endedMs: 12,
    clock: 'monotonic',
    hubs: ['a'],
  })
  t.match(life(at(101, started), at(112, delivered, 'b')), { clock: 'wall', hubs: ['a', 'b'] })
  t.match(
    life(at(101, started), at(112, delivered, 'a', 2)),
    { clock: 'wall' },
    'a restart in between',
  )
})
