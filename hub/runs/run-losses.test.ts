import t, { type Test } from 'tap'
import { setImmediate } from 'node:timers/promises'
import { parse } from 'yaml'
import type { DeviceId, IntentId, MacroId, RunId } from '../../intents/id.ts'
import type { Json, JsonObject } from '../../intents/json.ts'
import { type LineDevice, lineConfig, lineDevice } from '../../test/devices.ts'
import { openTestCore, type TestCore } from '../core.contract.ts'

// A device is lost while a step of each kind is under way: what becomes of the run, and what is taken back, once.

/** What stands in a macro behind a lamp that was lit, and is off again where the run compensates. */
interface Loss {
  readonly steps: Json
  /** When the device is lost: it has got a line and not answered, or the run waits. */
  readonly lost: 'asked' | 'waiting'
  readonly ends: 'failed' | 'confirmed'
  /** What the run says at its end, as a pattern. */
  readonly says: string
  /** What the lamp gets behind its first line. */
  readonly lamp: readonly string[]
  /** What a person answers then. */
  readonly answer?: string
}

/** In the steps: `&hit` is a line to the device that is lost, and NAME-word one to the lamp. */
const losses = parse(`
fire: { lost: asked, ends: failed, says: ^step 2, lamp: [undo, off], steps: [ &hit { fire: NAME, action: hit, args: [x] } ] }
confirmed fire:
  { lost: asked, ends: failed, says: ^step 2, lamp: [off], steps: [ { fire: NAME, action: hit, args: [x], waitFor: confirmed, retry: { times: 3, every: 1s } } ] }
set: { lost: asked, ends: failed, says: ^step 2, lamp: [undo, off], steps: [ { set: NAME, path: level, value: 1 } ] }
do: { lost: asked, ends: failed, says: ^step 2, lamp: [undo, off], steps: [ { do: NAME-named } ] }
run: { lost: asked, ends: failed, says: ^step 2, lamp: [undo, off], steps: [ { run: NAME-inner } ] }
wait: { lost: waiting, ends: failed, says: ^step 3, lamp: [off], steps: [ { wait: 1s }, *hit ] }
until: { lost: waiting, ends: failed, says: did not become 7 within 1000 ms, lamp: [off], steps: [ { until: NAME, path: level, equals: 7, within: 1s } ] }
link: { lost: waiting, ends: confirmed, says: ^$, lamp: [], steps: [ { link: NAME, is: down, within: 1h } ] }
untilTrue: { lost: waiting, ends: confirmed, says: ^$, lamp: [], steps: [ { untilTrue: 'link("NAME") == false', within: 1h } ] }
if: { lost: asked, ends: failed, says: '^step 2.1', lamp: [off], steps: [ { if: { link: NAME, is: up }, then: [ *hit ], else: [ { run: ends } ] } ] }
choose: { lost: asked, ends: failed, says: '^step 2.1', lamp: [off], steps: [ { choose: [ { when: { link: NAME, is: up }, steps: [ *hit ] } ] } ] }
repeat: { lost: asked, ends: failed, says: '^step 2.2', lamp: [round, off], steps: [ { repeat: 3, steps: [ { fire: lamp, action: hit, args: [NAME-round] }, *hit ] } ] }
together all: { lost: asked, ends: failed, says: '^step 2.1', lamp: [branch, off], steps: [ { together: [ [ *hit ], [ { fire: lamp, action: hit, args: [NAME-branch] } ] ] } ] }
together any: { lost: asked, ends: confirmed, says: ^$, lamp: [branch], steps: [ { finish: any, together: [ [ *hit ], [ { wait: 10s }, { fire: lamp, action: hit, args: [NAME-branch] } ] ] } ] }
together first: { lost: asked, ends: failed, says: '^step 2.1', lamp: [off], steps: [ { finish: first, together: [ [ *hit ], [ { wait: 1h }, { run: ends } ] ] } ] }
try: { lost: asked, ends: confirmed, says: ^$, lamp: [recover, always], steps: [ { try: [ *hit ], recover: [ { fire: lamp, action: hit, args: [NAME-recover] } ], always: [ { fire: lamp, action: hit, args: [NAME-always] } ] } ] }
recover: { lost: asked, ends: failed, says: '^step 2.1', lamp: [always, off], steps: [ { try: [ { run: ends } ], recover: [ *hit ], always: [ { fire: lamp, action: hit, args: [NAME-always] } ] } ] }
always: { lost: asked, ends: failed, says: '^step 2.1', lamp: [off], steps: [ { try: [ { note: here } ], always: [ *hit ] } ] }
compensation: { lost: asked, ends: failed, says: 'undoing step 2: ', lamp: [done, off], steps: [ { fire: lamp, action: hit, args: [NAME-done], undo: [ *hit ] }, { run: ends } ] }
ask: { lost: waiting, ends: failed, says: ^step 3, lamp: [off], answer: yes, steps: [ { ask: On air?, within: 1h }, *hit ] }
checkpoint: { lost: waiting, ends: failed, says: ^step 4, lamp: [], steps: [ { checkpoint: lit }, { wait: 1s }, *hit ] }
another macro instead: { lost: asked, ends: failed, says: what was to take its place, lamp: [off], steps: [ { run: ends, onFailure: { run: NAME-inner } } ] }
`) as Readonly<Record<string, Loss>> // written above

const lampHit = (word: string) => ({ fire: 'lamp', action: 'hit', args: [word] })
const nameOf = (kind: string) => `d-${kind.replaceAll(' ', '-')}`

/** With `undo` where the one step is not the last of the kind's own, so that what may have happened is seen to be taken back. */
function macroOf(kind: string, { steps, lamp }: Loss): JsonObject {
  const name = nameOf(kind)
  const own = JSON.parse(JSON.stringify(steps).replaceAll('NAME', name)) as readonly JsonObject[] // of the table
  const undo = lamp.includes('undo') ? { undo: [lampHit(`${name}-undo`)] } : {}
  return {
    onFailure: 'compensate',
    steps: [
      { ...lampHit(`${name}-on`), undo: [lampHit(`${name}-off`)] },
      ...own.map((step) => ({ ...step, ...undo })),
    ],
  }
}

async function openRoom(t: Test) {
  const lamp = await lineDevice(t)
  const devices = new Map<string, LineDevice>()
  for (const kind of Object.keys(losses)) devices.set(kind, await lineDevice(t))
  const kinds = Object.entries(losses)
  const hit = (kind: string) => ({ fire: nameOf(kind), action: 'hit', args: ['x'] })
  const config = {
    site: 's',
    hub: 'hub-a',
    intents: Object.fromEntries(kinds.map(([kind]) => [`${nameOf(kind)}-named`, [hit(kind)]])),
    macros: Object.fromEntries([
      ['ends', { onFailure: 'stop', steps: [{ abort: 'enough' }] }],
      ...kinds.map(([kind, loss]) => [nameOf(kind), macroOf(kind, loss)]),
      ...kinds.map(([kind]) => [
        `${nameOf(kind)}-inner`,
        { onFailure: 'stop', steps: [hit(kind)] },
      ]),
    ]) as JsonObject,
  }
  // no deadline of the lamp's comes while the clock is put forward; what is lost is given up after two seconds
  const lines = [
    `  lamp: ${lineConfig(lamp.port, ', delivery: { timeout: 10h, fireDeadline: 10h }')}`,
    ...[...devices].map(
      ([kind, { port }]) =>
        `  ${nameOf(kind)}: ${lineConfig(port, ', delivery: { timeout: 1s, setDeadline: 2s, fireDeadline: 2s }')}`,
    ),
  ]
  const text = `devices:\n${lines.join('\n')}\n${Object.entries(config)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join('\n')}\n` // JSON is YAML
  return { lamp, devices, room: await openTestCore(t, { config: text }) }
}

const linkOf = ({ core }: TestCore, name: string) =>
  core.room.devices.state.devices.get(name as DeviceId)?.link.up
const runOf = ({ core }: TestCore, id: IntentId) =>
  core.room.runs.state.runs.get(id as string as RunId) // a run is named by its intent

/** Lets time pass, a second at a time, until these have ended; each second all that comes of it is done before the next. */
async function untilOver(room: TestCore, runs: readonly IntentId[]): Promise<void> {
  const isOver = () => runs.every((id) => runOf(room, id)?.state !== 'running')
  for (let seconds = 0; seconds < 100 && !isOver(); seconds++) {
    for (let turns = 0; turns < 100 && !isOver(); turns++) await setImmediate()
    room.clock.advance(1000)
  }
  await Promise.all(runs.map((id) => room.ended(id)))
}

void t.test('a device is lost in a step of each kind', async (t) => {
  const { room, lamp, devices } = await openRoom(t)
  const kinds = Object.entries(losses)
  await room.until('all devices are there', () =>
    kinds.every(([kind]) => linkOf(room, nameOf(kind)) === true),
  )
  for (const device of devices.values()) device.answer(() => null)
  const runs = new Map<string, IntentId>()
  for (const [kind] of kinds) {
    const macro = nameOf(kind) as MacroId
    runs.set(kind, (await room.submit({ verb: 'run', macro, args: {} })).id)
  }
  for (const [kind, { lost }] of kinds) {
    const id = runs.get(kind) ?? ('' as IntentId)
    if (lost === 'asked') await devices.get(kind)?.until((got) => got.length === 1)
    else await room.until(`${kind} waits`, () => runOf(room, id)?.wakeAt != null)
  }
  t.ok(
    kinds.every(([kind]) => linkOf(room, nameOf(kind)) === true),
    'control: every device is there when its step is under way',
  )
  for (const device of devices.values()) await device.unplug()
  await room.until('all are missed', () =>
    kinds.every(([kind]) => linkOf(room, nameOf(kind)) === false),
  )
  for (const [kind, { answer = null }] of kinds)
    if (answer !== null) {
      const args = { run: runs.get(kind) ?? null, choice: answer }
      await room.submit({ verb: 'do', name: 'run.answer', args })
    }
  await untilOver(room, [...runs.values()])

  for (const [kind, { lost, ends, says, lamp: wanted }] of kinds) {
    const id = runs.get(kind) ?? ('' as IntentId)
    const name = nameOf(kind)
    t.match(await room.ended(id), { outcome: ends }, `${kind}: ${ends}`)
    t.match(runOf(room, id)?.detail, new RegExp(says), `${kind}: says why`)
    const lines = lamp.got.filter((line) => line.startsWith(`HIT ${name}-`))
    const words = lines.map((line) => line.slice(`HIT ${name}-`.length))
    t.same(words, ['on', ...wanted], `${kind}: what was done is taken back once, newest first`)
    const got = devices.get(kind)?.got ?? []
    t.equal(got.length, lost === 'asked' ? 1 : 0, `${kind}: nothing is sent twice, or too late`)
  }
})
