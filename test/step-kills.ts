import type { Test } from 'tap'
import type { BusEvent } from '../intents/event.ts'
import { lineConfig, lineDevice } from './devices.ts'
import type { HubProcess } from './hub-process.ts'
import { faultRow } from './report.ts'

// One run that goes through steps of every kind, and a hub that is killed in each of them: the next one goes on.

/** What a device does not answer the first time: the hub is killed then, in the middle of that step. */
const asked = {
  fire: 'HIT f',
  set: 'LEVEL 1',
  do: 'OTHER 2',
  run: 'LEVEL 3',
  if: 'LEVEL 6',
  choose: 'LEVEL 7',
  'round two': 'LEVEL 9',
  together: 'LEVEL 20',
  recover: 'LEVEL 30',
  always: 'LEVEL 31',
  compensation: 'LEVEL 40',
} as const

/** What a run waits in, by the number of the step. */
const waits = { wait: 4, link: 5, ask: 11 } as const

export type KillIn = keyof typeof asked | keyof typeof waits

const set = (value: string, more = '') => `{ set: held, path: level, value: ${value}${more} }`

const everyStep: readonly KillIn[] = [
  'fire',
  'set',
  'do',
  'run',
  'wait',
  'link',
  'if',
  'choose',
  'round two',
  'together',
  'recover',
  'always',
  'ask',
  'compensation',
]

/** The devices, of which one is there only later, and the macro. */
export async function stepRoom(t: Test, kills: readonly KillIn[]) {
  const [held, lamp, late] = [await lineDevice(t), await lineDevice(t), await lineDevice(t)]
  await late.unplug()
  const silent = new Set(kills.flatMap((kind) => (kind in asked ? [lineOf(kind)] : [])))
  // its next answer is for the hub that comes next: a `set` is sent again
  held.answer((line) => (silent.delete(line) ? null : 'OK'))
  const patient = ', delivery: { timeout: 10m, setDeadline: 10m, fireDeadline: 10m }'
  return {
    held,
    lamp,
    late,
    devices:
      `  held: ${lineConfig(held.port, patient)}\n  lamp: ${lineConfig(lamp.port, patient)}\n` +
      `  late: ${lineConfig(late.port)}\n`,
    more: `
intents: { named: [ { set: held, path: other, value: 2 } ] }
macros:
  inner: { onFailure: stop, steps: [ ${set('3')} ] }
  fails: { onFailure: stop, steps: [ { abort: enough } ] }
  show:
    onFailure: compensate
    args: { on: { type: boolean, default: true } }
    steps:
      - { fire: held, action: hit, args: [f], onFailure: continue }
      - ${set('1', ', undo: [ { fire: lamp, action: hit, args: [never] } ]')}
      - { do: named }
      - { run: inner }
      - { wait: 3s }
      - { link: late, is: up, within: 10m }
      - { if: args.on, then: [ ${set('6')} ] }
      - { choose: [ { when: args.on, steps: [ ${set('7')} ] } ] }
      - { repeat: 2, steps: [ ${set('{ expr: "8 + vars.round" }')}, { fire: lamp, action: hit, args: [round] } ] }
      - { together: [ [ ${set('20')} ], [ { set: lamp, path: level, value: 5 } ] ] }
      - { try: [ { run: fails } ], recover: [ ${set('30')} ], always: [ ${set('31')} ] }
      - { ask: "On?", within: 10m }
      - { checkpoint: on }
      - { fire: lamp, action: hit, args: [on], undo: [ ${set('40')}, { fire: lamp, action: hit, args: [off] } ] }
      - { run: fails }
`,
  }
}

function lineOf(kind: KillIn): string {
  return kind in asked ? asked[kind as keyof typeof asked] : '' // looked at
}

/**
 * Runs the macro to its end, with a kill in each of these steps. `begin` starts a hub; `next` starts the one that goes on.
 * Gives that hub.
 */
export async function killInSteps(
  t: Test,
  room: Awaited<ReturnType<typeof stepRoom>>,
  kills: readonly KillIn[],
  begin: () => Promise<HubProcess>,
  next: () => Promise<HubProcess>,
): Promise<{ readonly hub: HubProcess; readonly run: string }> {
  const { held, lamp, late } = room
  let hub = await begin()
  const { body } = await hub.submit({ verb: 'run', macro: 'show', args: {} })
  const run = String(body['id'])
  const isAt = (step: number) => (event: BusEvent) =>
    event.type === 'RunAdvanced' && event.run === run && event.step === step
  for (const kind of everyStep) {
    if (kind in waits)
      await hub.entry(isAt(waits[kind as keyof typeof waits])) // looked at
    else if (kills.includes(kind)) await held.until((got) => got.includes(lineOf(kind)))
    if (kills.includes(kind)) {
      t.equal((await hub.end('SIGKILL')).signal, 'SIGKILL', `control: killed in ${kind}`)
      hub = await next()
    }
    if (kind === 'link') await late.plug()
    if (kind === 'ask') {
      const answer = { verb: 'do', name: 'run.answer', args: { run, choice: 'yes' } }
      await hub.outcome(String((await hub.submit(answer)).body['id']))
    }
  }
  t.equal(await hub.outcome(run), 'failed', 'it ends as its last step')
  await hub.quiet()
  const { body: runs } = await hub.get('/api/v1/runs')
  t.match(JSON.stringify(runs), /step 15: step 1: enough/)
  t.same(
    lamp.got.filter((line) => line.startsWith('HIT')),
    ['round', 'round', 'on', 'off'].map((word) => `HIT ${word}`),
    'each fire once, what was done undone once, and nothing before the checkpoint',
  )
  t.ok(lamp.got.includes('LEVEL 5'), 'and the branch beside the one that was killed')
  t.equal(held.got.filter((line) => line === 'HIT f').length, 1, 'a fire under way is not repeated')
  for (const kind of everyStep) {
    const line = lineOf(kind)
    if (line.startsWith('HIT') || line === '') continue
    const times = held.got.filter((one) => one === line).length
    t.equal(
      times,
      kills.includes(kind) ? 2 : 1,
      `${kind}: sent again only where the hub was killed`,
    )
  }
  faultRow({
    fault: 'hub killed in a step of a macro',
    times: kills.length,
    presses: 1,
    lost: 0,
    doubled: 0,
  })
  return { hub, run }
}

/** In the ordinary suite some kinds of step; `npm run test:faults` kills in all of them. */
export function killsNow(some: readonly KillIn[]): readonly KillIn[] {
  return process.env['FAULT_ROWS'] === undefined ? some : everyStep
}
