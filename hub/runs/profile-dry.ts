import { readFileSync } from 'node:fs'
import { systemClock } from '../../bus/clock.ts'
import type { Config } from '../../config/config.ts'
import { loadConfig } from '../../config/load.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Failure } from '../../intents/failure.ts'
import type { MacroId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import type { Outcome } from '../../intents/outcome.ts'
import type { Condition } from '../../macros/macro.ts'
import { stepAt } from '../../macros/place.ts'
import { stateOfRun } from '../../projections/runs.ts'
import { ConfigError } from '../configure.ts'
import { dryConfig } from './dry-adapter.ts'
import { type DryRoom, openDryRoom } from './dry-room.ts'
import { type DryStep, stepsOf } from './dry-steps.ts'
import { loadParts, type Parts } from '../parts.ts'
import { profileNamed } from './profile.ts'
import { openRoom } from '../room.ts'

/** What a profile would send. */
export interface DryProfile {
  readonly profile: string
  readonly outcome: Outcome
  readonly failure: Failure | null
  /** How long it would take, in ms of its own time. */
  readonly tookMs: number
  readonly steps: readonly DryStep[]
}

/** More than any profile has steps, those of the macros that it runs included. */
const mostRounds = 100_000

/**
 * Runs a profile's own macros with every output cut off, in a room where all is well: each device is there, and reports what is
 * waited for as soon as somebody waits. @throws RangeError, ConfigError, Error where the config cannot be read
 */
export async function dryProfile(name: string, file: string): Promise<DryProfile> {
  const { start } = profileNamed(name)
  const parts = await loadParts()
  const loaded = loadConfig(readFileSync(file, 'utf8'), file, parts.config)
  if (!loaded.ok) throw new ConfigError(loaded.faults)
  const found = await dryWell(parts, loaded.config, start as MacroId) // the intake looks it up
  if ('refused' in found)
    throw new RangeError(`${found.refused}: infra profile check ${name} says what to bind`)
  return { profile: name, ...found }
}

/** The macro in that room; `refused` where it may not begin. @throws Error where it never ends */
export async function dryWell(
  parts: Parts,
  given: Config,
  start: MacroId,
): Promise<Omit<DryProfile, 'profile'> | { readonly refused: string }> {
  const config = dryConfig(given)
  const dry = await openDryRoom(parts, config, openRoom(), systemClock().now())
  try {
    for (const device of config.devices.keys())
      dry.report({ type: 'LinkChanged', device, up: true, detail: 'taken to be there' })
    await dry.settled()
    const begin = dry.now()
    const { id, refusal } = await dry.submit({ verb: 'run', macro: start, args: {} })
    if (refusal !== null) return { refused: refusal.failure.detail }
    for (let round = 0; round < mostRounds; round++) {
      await dry.settled()
      if (isOver(dry)) break
      const waited = waitedFor(dry, config.macros)
      for (const event of waited) dry.report(event)
      if (waited.length > 0) continue
      const answers = answersFor(dry, config.macros)
      for (const answer of answers) await dry.submit(answer)
      if (answers.length > 0) continue
      const wakeMs = dry.nextMs()
      if (wakeMs === null) break
      dry.advance(wakeMs)
    }
    const end = dry.room.deliveries.state.intents.get(id)?.outcome
    if (end == null) throw new Error(`the dry run of ${start} did not come to an end`)
    return {
      outcome: end.type,
      failure: end.failure,
      tookMs: dry.now() - begin,
      steps: stepsOf(dry, config, begin),
    }
  } finally {
    await dry.close()
  }
}

function isOver({ room }: DryRoom): boolean {
  return [...room.deliveries.state.intents.values()].every(({ outcome }) => outcome !== null)
}

/** What devices have to say for the steps that wait for it, inside others too, as far as it is not so. */
function waitedFor({ room }: DryRoom, macros: Config['macros']): readonly BusEvent[] {
  return stepsUnder(room, macros).flatMap(({ what }) =>
    'until' in what ? reportOf(room, what.until) : [],
  )
}

/** What a person has to say: the first choice is the one that goes on. */
function answersFor({ room }: DryRoom, macros: Config['macros']): readonly Intent[] {
  return stepsUnder(room, macros).flatMap(({ run, at, what }): readonly Intent[] =>
    'ask' in what
      ? [{ verb: 'do', name: 'run.answer', args: { run, at, choice: what.choices[0] ?? '' } }]
      : [],
  )
}

/** All steps that are under way, of all runs. */
function stepsUnder({ runs }: DryRoom['room'], macros: Config['macros']) {
  return [...runs.state.runs.values()].flatMap((run) => {
    const state = stateOfRun(run)
    const ground = { steps: macros.get(run.macro)?.steps ?? [], done: state.done }
    return state.frames.flatMap(({ at, phase }) => {
      const what = phase === 'at' ? stepAt(ground, at) : undefined
      return what === undefined ? [] : [{ run: run.run, at, what }]
    })
  })
}

function reportOf(room: DryRoom['room'], until: Condition): readonly BusEvent[] {
  if ('expr' in until) return []
  const known = room.devices.state.devices.get(until.device)
  if ('up' in until)
    return known?.link.up === until.up
      ? []
      : [{ type: 'LinkChanged', device: until.device, up: until.up, detail: 'waited for' }]
  const { device, path, equals } = until
  return known?.reported.get(path)?.value === equals
    ? []
    : [{ type: 'DeviceReported', device, path, value: equals }]
}
