import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Core, openCore } from '../hub/compose.ts'
import { readConfig } from '../hub/configure.ts'
import { loadParts } from '../hub/parts.ts'
import { verifyJournal } from '../hub/audit/offline.ts'
import { lineConfig, lineDevice, oscDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { eventsOf, livesOf } from './record.ts'

t.setTimeout(120_000)

/** Longer than any deadline of the config below. */
const settleMs = 5_000

/** Waits until nothing is open and nothing is being recorded. */
async function settled({ journal: { recorder }, room }: Core): Promise<void> {
  const late = AbortSignal.timeout(settleMs)
  while (room.deliveries.state.open > 0 && !late.aborted)
    await new Promise<void>((resolve) => {
      const off = recorder.onCommit(() => done())
      const done = () => {
        off()
        late.removeEventListener('abort', done)
        // what this commit leads to is asked for by now: it counts, too
        void recorder.idle().then(resolve)
      }
      late.addEventListener('abort', done)
    })
}

void t.test(
  'wherever a crash cuts the journal, the next start brings every accepted intent to exactly one end',
  async (t) => {
    const [relay, desk] = await Promise.all([lineDevice(t), oscDevice(t)])
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  relay: ${lineConfig(relay.port)}\n` +
        `  desk: { protocol: osc, host: 127.0.0.1, port: ${desk.port} }\n` +
        `intents:\n  dark: [{ set: desk, path: /level, value: 0 }, { fire: relay, action: hit, args: [d] }]\n` +
        `macros:\n  show: { onFailure: { run: sorry }, steps: [{ fire: relay, action: hit, args: [m] }, { do: dark }, { wait: 20ms }, { fire: relay, action: hit, args: [m2] }] }\n` +
        `  sorry: { onFailure: continue, steps: [{ fire: desk, action: /sorry }] }\n` +
        `  long: { onFailure: stop, steps: [{ wait: 3s }] }\n`,
    )
    const hub = await room.start()
    for (const intent of [
      { verb: 'fire', device: 'relay', action: 'hit', args: ['1'] },
      { verb: 'set', device: 'desk', path: '/fader', value: 1 },
      { verb: 'do', name: 'dark' },
      { verb: 'run', macro: 'show' },
      { verb: 'hold', on: true },
      { verb: 'fire', device: 'relay', action: 'hit', args: ['held'] },
      { verb: 'hold', on: false },
    ])
      await hub.submit(intent, { wait: 'outcome' })
    relay.answer(() => 'ERR')
    await hub.submit({ verb: 'run', macro: 'show' }, { wait: 'outcome' })
    relay.answer(() => 'OK')
    const long = await hub.submit({ verb: 'run', macro: 'long' })
    await hub.submit({ verb: 'cancel', run: String(long.body['id']) }, { wait: 'outcome' })
    await hub.quiet()
    await hub.end('SIGKILL')

    const folder = join(room.data, 'journal')
    const [segment = ''] = readdirSync(folder).filter((name) => name.endsWith('.log'))
    const lines = readFileSync(join(folder, segment), 'utf8').split('\n').slice(0, -1)
    t.ok(lines.length > 50, `control: ${lines.length} entries`)
    const parts = await loadParts()
    const loaded = readConfig(room.file, parts)
    if (!loaded.ok) throw new Error('the config is not good')
    const wrong: unknown[] = []
    let open = 0
    for (let kept = 1; kept <= lines.length; kept++) {
      const data = join(room.folder, `cut-${kept}`)
      mkdirSync(join(data, 'journal'), { recursive: true })
      // the next line is torn in its middle
      const torn = (lines[kept] ?? '').slice(0, 40)
      const text = `${lines.slice(0, kept).join('\n')}\n${torn}`
      writeFileSync(join(data, 'journal', segment), text)
      writeFileSync(join(data, 'alive'), String(Date.now()))
      const before = [...livesOf(eventsOf(data)).values()]
      if (before.some(({ ends }) => ends.length === 0)) open++
      const core = await openCore({ parts, config: loaded.config, data, version: 'test' })
      await settled(core)
      await core.close('the end of the test')
      const where = (lines[kept - 1] ?? '').slice(35, 160)
      const events = eventsOf(data)
      const lives = livesOf(events)
      const steps = new Set<string>()
      for (const { submission, ends, attempts } of lives.values()) {
        const { cause, intent } = submission
        if (ends.length !== 1) wrong.push({ kept, where, intent, ends })
        if (intent.verb === 'fire' && attempts > 1) wrong.push({ kept, where, intent, attempts })
        if (cause === null) continue
        // a run that stops asks for its rescue under the number of the step that failed
        const step = `${cause.intent} ${cause.step} ${intent.verb === 'run' ? 'rescue' : ''}`
        if (steps.has(step)) wrong.push({ kept, where, intent, twice: step })
        steps.add(step)
      }
      for (const event of events)
        if (event.type === 'RunAdvanced' && event.state === 'stopped' && event.macro === 'show')
          if (!steps.has(`${event.run} ${event.step} rescue`)) wrong.push({ kept, where, event })
      const verdict = await verifyJournal(data)
      if (!verdict.ok) wrong.push({ kept, where, verdict })
    }
    t.ok(open > 20, `control: ${open} of them left something open`)
    t.same(wrong, [])
  },
)
