import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { type Clock, fakeClock } from '../bus/clock.ts'
import type { DeviceId, IntentId, MacroId, RunId } from '../intents/id.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import { devicesOf, openStage, type Stage } from './stage.ts'

// The recipes of docs/macros.md, read from there as they stand and run on simulators: what people copy works.

t.setTimeout(180_000)
t.jobs = 3 // each has a studio of its own

const page = readFileSync('docs/macros.md', 'utf8')
const recipes: ReadonlyMap<string, string> = new Map(
  [...page.matchAll(/^### \d+\. (.*)$[^]*?^```yaml$([^]*?)^```$/gm)].map(
    ([, title = '', yaml = '']) => [title, yaml],
  ),
)
const tried: Set<string> = new Set()

type Before = Parameters<typeof openStage>[1]
/** Opens a studio whose config is its devices and the recipe. */
type Open = (before?: Before, clock?: Clock) => Promise<Stage>

/** A test of a recipe, by its title in the page. */
function recipe(title: string, name: string, act: (t: Test, open: Open) => Promise<void>): void {
  tried.add(title)
  void t.test(name, (t) => act(t, (before, clock) => stageOf(t, title, before, clock)))
}

function stageOf(t: Test, title: string, before?: Before, clock?: Clock): Promise<Stage> {
  const yaml = recipes.get(title)
  if (yaml === undefined) throw new Error(`docs/macros.md has no recipe ${title}`)
  const sections = parse(yaml) as JsonObject // a mapping: the config's own check is next
  const config: Parameters<typeof openStage>[2] = (devices) => ({
    site: 'studio',
    devices: devicesOf(devices),
    ...sections,
  })
  return openStage(t, before, config, clock === undefined ? {} : { clock })
}

const begin = (stage: Stage, macro: string, args: Json): Promise<IntentId> =>
  stage.submit({ verb: 'run', macro: macro as MacroId, args }) // looked up by the hub
const switcherId = 'switcher' as DeviceId // as every recipe calls it
const on = ({ house }: Stage, id: string) => house.house.things.get(id)?.state === 'on'
const floor = ({ house }: Stage) => house.house.things.get('input_text.tally')?.state
const onAir = ({ house }: Pick<Stage, 'house'>) => house.house.change('light.on_air', 'on')

recipe(
  'Show opener',
  'the show opener opens the show, and takes all back where the recorder is dead',
  async (t, open) => {
    const stage = await open(({ switcher }) => (switcher.studio.active = 5))
    const { switcher } = stage
    const is = () => [
      on(stage, 'light.key_light'),
      stage.recorder.studio.record.active,
      switcher.studio.active === 1,
      on(stage, 'light.on_air'),
    ]
    t.same(is(), Array(4).fill(false), 'control: nothing is on')
    t.match(await stage.outcome(await stage.run('open_show')), /sent|confirmed/)
    t.same(is(), Array(4).fill(true))

    stage.recorder.studio.record.active = false
    stage.house.house.change('light.on_air', 'off')
    stage.house.house.change('light.key_light', 'off')
    switcher.studio.active = 5
    await stage.kill('recorder')
    t.equal(await stage.outcome(await stage.run('open_show')), 'failed')
    t.match((await stage.over('open_show')).steps, [
      'house light.turn_on: confirmed',
      /switcher preview/,
      'recorder recording = true: failed',
    ])
    t.same(is(), Array(4).fill(false))
  },
)

recipe(
  'Tally-safe cut',
  'the tally-safe cut shows who is next, and cuts only to what is still on preview',
  async (t, open) => {
    const stage = await open(({ switcher }) => (switcher.studio.active = 1))
    const { switcher } = stage
    const cut = await begin(stage, 'safe_cut', { camera: 2 })
    await stage.until('the floor reads it', () => floor(stage) === 'NEXT: CAMERA 2')
    t.equal(switcher.studio.active, 1, 'and not yet is it on air')
    t.equal(await stage.outcome(await begin(stage, 'safe_cut', { camera: 3 })), 'refused', 'twice')
    t.match(await stage.outcome(cut), /sent|confirmed/)
    t.equal(switcher.studio.active, 2)

    t.equal(await stage.outcome(await begin(stage, 'safe_cut', { camera: 2 })), 'failed')
    t.match(stage.newest('safe_cut')?.detail, /on air already/)

    const late = await begin(stage, 'safe_cut', { camera: 3 })
    await stage.until('the floor reads it', () => floor(stage) === 'NEXT: CAMERA 3')
    await stage.submit({ verb: 'set', device: switcherId, path: 'preview', value: 4 })
    t.equal(await stage.outcome(late), 'failed')
    t.match(stage.newest('safe_cut')?.detail, /something else on preview/)
    t.equal(switcher.studio.active, 2, 'what nobody expects is not cut to')
  },
)

recipe(
  'Two recorders, and one is enough',
  'two recorders record, and where one is dead the other does, and people are told',
  async (t, open) => {
    const stage = await open()
    const both = () => [stage.switcher.studio.recording, stage.recorder.studio.record.active]
    t.same(both(), [false, false], 'control: none records')
    t.equal(await stage.outcome(await stage.run('record_both')), 'confirmed')
    t.same(both(), [true, true])
    t.same(stage.told(), [], 'nobody is told of what is well')

    stage.switcher.studio.recording = false
    await stage.kill('recorder')
    t.match(await stage.outcome(await stage.run('record_both')), /sent|confirmed/)
    t.ok(stage.switcher.studio.recording)
    t.match(stage.told(), [/Not both record: .*nobody listens there/])
  },
)

recipe(
  'Stream with a backup',
  'the backup streams when the main encoder dies on air, and only then',
  async (t, open) => {
    const stage = await open()
    const { studio } = stage.recorder
    await stage.kill('switcher')
    await stage.revive('switcher')
    t.equal(await stage.outcome(await stage.run('go_live')), 'confirmed')
    t.ok(stage.switcher.studio.streams[0])
    t.equal(stage.newest('stream_by_backup'), undefined, 'it was lost while the sign was off')
    t.notOk(studio.stream.active, 'control: the main encoder streams')
    await stage.kill('switcher')
    await stage.until('it is told', () => stage.told().length > 0)
    t.ok(studio.stream.active)
    t.match(stage.told(), [/The backup streams/])
  },
)

recipe(
  'Emergency stop',
  'the emergency stop stops all that answers, whatever is dead',
  async (t, open) => {
    const stage = await open(({ switcher, house }) => {
      switcher.studio.streams[0] = true
      onAir({ house })
    })
    await stage.kill('recorder')
    t.equal(await stage.outcome(await stage.run('emergency_stop')), 'failed', 'something is left')
    t.match(stage.switcher.studio, { fadeToBlack: true, streams: [false] })
    t.notOk(on(stage, 'light.on_air'))
  },
)

recipe(
  'Confirm before going off air',
  'the show ends when a person says so, and goes on when another says no',
  async (t, open) => {
    const stage = await open(({ switcher, house }) => {
      switcher.studio.streams[0] = true
      onAir({ house })
    })
    const answered = async (choice: string) => {
      const id = await stage.run('go_off_air')
      await stage.until('it is asked', () => typeof stage.newest('go_off_air')?.wakeAt === 'number')
      await stage.submit({ verb: 'do', name: 'run.answer', args: { run: id, choice } })
      return stage.outcome(id)
    }
    t.equal(await answered('Go on'), 'failed')
    t.ok(on(stage, 'light.on_air') && stage.switcher.studio.streams[0], 'on air')
    t.equal(await answered('End it'), 'confirmed')
    t.notOk(on(stage, 'light.on_air') || stage.switcher.studio.streams[0], 'off air')
  },
)

recipe(
  'Countdown',
  'the floor reads the count, GO, and nothing where it is cancelled',
  async (t, open) => {
    const stage = await open()
    const read: (string | undefined)[] = []
    stage.house.house.onChange(() => read.push(floor(stage)))
    t.match(await stage.outcome(await begin(stage, 'count_in', { from: 2 })), /sent|confirmed/)
    t.same(read, ['2', '1', 'GO'])
    const id = await stage.run('count_in')
    await stage.until('it counts', () => floor(stage) === '5')
    await stage.submit({ verb: 'cancel', run: id as string as RunId }) // a run is named by its intent
    t.equal(await stage.outcome(id), 'cancelled')
    t.equal(floor(stage), '-')
  },
)

recipe(
  "The day's schedule",
  'the studio warms up on the morning of a working day',
  async (t, open) => {
    // a Monday in May: Berlin is two hours ahead of UTC
    const clock = fakeClock(Date.UTC(2026, 5, 1, 6, 29))
    const stage = await open(({ switcher }) => (switcher.studio.active = 5), clock)
    const isWarm = () => on(stage, 'switch.cameras') && stage.switcher.studio.active === 1
    t.notOk(isWarm(), 'control: it is 8:29')
    clock.advance(60_000)
    await stage.until('it is warm', isWarm)
  },
)

recipe(
  "The day's schedule",
  'the studio goes dark at night, unless it streams',
  async (t, open) => {
    for (const streams of [false, true]) {
      const clock = fakeClock(Date.UTC(2026, 5, 1, 19, 59))
      const stage = await open(({ switcher, house }) => {
        switcher.studio.streams[0] = streams
        house.house.change('switch.cameras', 'on')
      }, clock)
      clock.advance(60_000)
      if (streams) {
        // what comes later is through by now, so the schedule was, too
        t.match(await stage.outcome(await stage.run('warm_up')), /sent|confirmed/)
        t.equal(stage.newest('go_dark'), undefined)
      } else await stage.until('it is dark', () => !on(stage, 'switch.cameras'))
    }
  },
)

recipe(
  'A device that comes back is set up again',
  'a switcher that comes back is set up as it was, and streams where it did',
  async (t, open) => {
    const stage = await open(onAir)
    t.equal(stage.newest('set_up_switcher'), undefined, 'control: it was there all the time')
    await stage.kill('switcher')
    await stage.revive('switcher')
    await stage.until('it streams', () => stage.switcher.studio.streams[0] === true)
    t.match(await stage.over('set_up_switcher'), { run: { state: 'done' } })
    t.equal(stage.switcher.studio.preview, 2)
  },
)

recipe(
  'Nightly check',
  'the nightly check says in one message what is missing, or that all is well',
  async (t, open) => {
    const clock = fakeClock(Date.UTC(2026, 4, 31, 0, 59))
    const stage = await open(() => {}, clock)
    clock.advance(60_000)
    await stage.until('it is told', () => stage.told().length > 0)
    t.match(stage.told(), [/all is well/])
    t.same(
      stage.recorder.received().filter((one) => /Record$/.test(one)),
      ['StartRecord', 'StopRecord'],
    )
  },
)

recipe('Nightly check', 'the nightly check names the device that is dead', async (t, open) => {
  const stage = await open()
  await stage.kill('recorder')
  t.match(await stage.outcome(await stage.run('nightly_check')), /sent|confirmed/)
  t.match(stage.told(), [/recorder is not there; no test recording: /])
})

void t.test('there are ten recipes, and each was run', async (t) => {
  t.equal(recipes.size, 10)
  t.same([...tried].toSorted(), [...recipes.keys()].toSorted())
})
