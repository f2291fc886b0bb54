import t from 'tap'
import { simulate } from '../adapters/vmix/simulator.ts'
import type { BusEvent } from '../intents/event.ts'
import { doubles, lineConfig, lineDevice } from './devices.ts'
import { newRoom } from './hub-process.ts'
import { audit, eventsOf } from './record.ts'

t.setTimeout(120_000)

const hit = (device: string, n: string) => `{ fire: ${device}, action: hit, args: [${n}] }`
const macros = `
  waits: { onFailure: stop, onCrash: resume, steps: [${hit('done', 'w1')}, { wait: 1s }, ${hit('done', 'w2')}] }
  gives-up: { onFailure: stop, onCrash: abandon, steps: [${hit('done', 'g1')}, { wait: 1s }, ${hit('done', 'g2')}] }
  fires: { onFailure: continue, onCrash: resume, steps: [${hit('stuck', 'f1')}, ${hit('done', 'f2')}] }
  stops: { onFailure: stop, onCrash: resume, steps: [${hit('mute', 's1')}, ${hit('done', 's2')}] }
  sets: { onFailure: stop, onCrash: resume, steps: [{ set: deaf, path: level, value: 5 }, ${hit('done', 'l2')}] }
  until: { onFailure: stop, onCrash: resume, steps: [{ until: mypro, path: recording, equals: true, within: 60s }, ${hit('done', 'u2')}] }
`
const names = ['waits', 'gives-up', 'fires', 'stops', 'sets', 'until'] as const

void t.test(
  'macros whose hub is killed in a wait, a step or an until go on where they were, or end visibly, by their own policy',
  async (t) => {
    const [done, stuck, mute, deaf] = await Promise.all([
      lineDevice(t),
      lineDevice(t),
      lineDevice(t),
      lineDevice(t),
    ])
    const vmix = await simulate()
    t.teardown(() => vmix.close())
    const room = newRoom(
      t,
      `site: s\nhub: h\nhttp: { port: 0 }\ndevices:\n` +
        `  mypro: { protocol: vmix, port: ${vmix.port}, httpPort: ${vmix.httpPort} }\n` +
        Object.entries({ done, stuck, mute, deaf })
          .map(([name, { port }]) => `  ${name}: ${lineConfig(port)}\n`)
          .join('') +
        `macros:${macros}`,
    )
    for (const device of [stuck, mute, deaf]) device.answer(() => null)
    const hub = await room.start()
    const runs = new Map<string, string>()
    for (const macro of names) {
      const { body } = await hub.submit({ verb: 'run', macro, args: {} })
      runs.set(macro, String(body['id']))
    }
    const at = (macro: string, step: number) => (event: BusEvent) =>
      event.type === 'RunAdvanced' && event.run === runs.get(macro) && event.step === step
    await Promise.all([
      hub.entry(at('waits', 1)),
      hub.entry(at('gives-up', 1)),
      hub.entry(at('until', 0)),
      stuck.until((got) => got.includes('HIT f1')),
      mute.until((got) => got.includes('HIT s1')),
      deaf.until((got) => got.includes('LEVEL 5')),
    ])
    t.equal((await hub.end('SIGKILL')).signal, 'SIGKILL')
    t.same(done.got.toSorted(), ['HIT g1', 'HIT w1'], 'control: no macro had got further')

    for (const device of [stuck, mute, deaf]) device.answer(() => 'OK')
    const again = await room.start()
    vmix.studio.recording = true
    vmix.push('ACTS OK Recording 1')
    const ends = await Promise.all(
      names.map(async (macro) => [macro, await again.outcome(runs.get(macro) ?? '')] as const),
    )
    await again.quiet()
    await again.end()
    t.same(Object.fromEntries(ends), {
      waits: 'confirmed',
      'gives-up': 'failed',
      fires: 'unknown',
      stops: 'failed',
      sets: 'confirmed',
      until: 'confirmed',
    })
    t.same(
      done.got.toSorted(),
      ['f2', 'g1', 'l2', 'u2', 'w1', 'w2'].map((n) => `HIT ${n}`),
    )
    t.same(stuck.got, ['HIT f1'], 'a fire under way is not repeated')
    t.same(mute.got, ['HIT s1'])
    t.same(deaf.got, ['LEVEL 5', 'LEVEL 5'], 'a set under way is')
    t.same(doubles(done.got), [])
    const events = eventsOf(room.data)
    const last = (macro: string) =>
      events.findLast((event) => event.type === 'RunAdvanced' && event.run === runs.get(macro))
    t.match(last('gives-up'), { state: 'stopped', step: 1, detail: /abandoned/ }, 'visibly')
    t.match(last('stops'), { state: 'stopped', step: 0, detail: /look and decide/ })
    await audit(t, room, runs.values())
  },
)
