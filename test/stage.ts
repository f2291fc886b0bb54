import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { type HaSimulator, simulate as simulateHa } from '../adapters/ha/simulator.ts'
import { type ObsSimulator, simulate as simulateObs } from '../adapters/obs/simulator.ts'
import { simulate as simulateVmix, type VmixSimulator } from '../adapters/vmix/simulator.ts'
import { type Clock, systemClock } from '../bus/clock.ts'
import { openMemoryLog } from '../bus/log-memory/log.ts'
import { openCore, type Core } from '../hub/compose.ts'
import { anna, configFrom, mortal, newData, parts } from '../hub/core.contract.ts'
import { noDefaults } from '../hub/intake.ts'
import type { IntentId, MacroId } from '../intents/id.ts'
import { type Intent } from '../intents/intent.ts'
import { isObject, type JsonObject } from '../intents/json.ts'
import type { Outcome } from '../intents/outcome.ts'
import type { Macro } from '../macros/macro.ts'
import type { Run } from '../projections/runs.ts'

// A studio of simulators, and one hub with all the profiles that ship in one config: that they can be used together is
// part of what is tested.

/** What a slow machine needs at the most for what takes milliseconds. */
const patienceMs = 20_000

/** The studio that ships: three devices, all profiles on them. */
const studio = parse(readFileSync('config/studio.yaml', 'utf8')) as JsonObject // a mapping: config check says so

export interface Stage {
  switcher: VmixSimulator
  recorder: ObsSimulator
  readonly house: HaSimulator
  /** What people were told. */
  told(): readonly string[]
  /** Kills a simulator, proves that nobody answers there any more, and waits until the hub has noticed. */
  kill(device: 'switcher' | 'recorder'): Promise<void>
  /** Starts it again where it was, as after a power cut. */
  revive(device: 'switcher' | 'recorder'): Promise<void>
  /** Submits; gives the id. */
  submit(intent: Intent): Promise<IntentId>
  run(macro: string): Promise<IntentId>
  outcome(id: IntentId): Promise<Outcome>
  /** The newest run of a macro, once it is over, and what its own steps came to: `set switcher streaming: failed`. */
  over(macro: string): Promise<{ readonly run: Run; readonly steps: readonly string[] }>
  /** The newest run of a macro. */
  newest(macro: string): Run | undefined
  until(what: string, holds: () => boolean): Promise<void>
  /** The hub ends, cleanly or as by a power cut, and another goes on with its record. */
  restart(how: 'stopped' | 'killed'): Promise<void>
}

type Devices = Pick<Stage, 'switcher' | 'recorder' | 'house'>

interface More {
  readonly clock?: Clock
  /** Beside the config's own. */
  readonly macros?: readonly Macro[]
}

/** Opens it all; `before` is what the devices do before the hub comes, `configOf` what the hub's config is. */
export async function openStage(
  t: Test,
  before: (stage: Devices) => void = () => {},
  configOf: (devices: Devices) => JsonObject = together,
  { clock = systemClock(), macros = [] }: More = {},
): Promise<Stage> {
  const devices = {
    switcher: await simulateVmix(),
    recorder: await simulateObs(),
    house: await simulateHa(),
  }
  before(devices)
  const written = configFrom(JSON.stringify(configOf(devices))) // JSON is YAML
  const built = macros.map((macro) => [macro.id, macro] as const)
  const config = { ...written, macros: new Map([...written.macros, ...built]) }
  const data = newData(t)
  const memory = openMemoryLog()
  let log = mortal(memory)
  const open = () => openCore({ parts, config, data, version: 'test', log, clock })
  let core: Core = await open()
  t.teardown(async () => {
    await core.close('the test is over')
    await Promise.all([devices.switcher, devices.recorder, devices.house].map((one) => one.close()))
  })
  const linked = (device: string) =>
    [...core.room.devices.state.devices].find(([id]) => id === device)?.[1].link.up ?? null
  const allUp = () => stage.until('every device is there', () => names.every((one) => linked(one)))
  const names = Object.keys(devices)
  const runs = () => [...core.room.runs.state.runs.values()]

  const stage: Stage = {
    ...devices,
    told: () => stage.house.received().filter((one) => one.startsWith('notify.')),
    async kill(device) {
      const { port } = stage[device]
      t.ok(await answers(port), `control: ${device} was there`)
      await stage[device].close()
      t.notOk(await answers(port), `control: ${device} is gone`)
      await stage.until(`${device} is missed`, () => linked(device) === false)
    },
    async revive(device) {
      const { port } = stage[device]
      if (device === 'recorder') stage.recorder = await simulateObs({ port })
      else stage.switcher = await simulateVmix({ port, httpPort: stage.switcher.httpPort })
      Object.assign(devices, { [device]: stage[device] })
      await stage.until(`${device} is there again`, () => linked(device) === true)
    },
    async submit(intent) {
      const wish = { intent, actor: anna, source: 'test:1' }
      const { id, refusal } = await core.intake.submit(wish, noDefaults)
      if (refusal !== null) throw new Error(refusal.failure.detail)
      return id
    },
    run: (macro) => stage.submit({ verb: 'run', macro: macro as MacroId, args: {} }), // looked up by the hub
    async outcome(id) {
      const ended = core.room.deliveries.state.intents.get(id)?.outcome
      return ended?.type ?? (await core.waiters.wait(id, AbortSignal.timeout(patienceMs))).outcome
    },
    newest: (macro) => runs().findLast((run) => run.macro === macro),
    async over(macro) {
      const state = () => stage.newest(macro)?.state ?? 'running'
      await stage.until(`${macro} is over`, () => state() !== 'running')
      const run = stage.newest(macro)
      if (run === undefined) throw new Error(`${macro} never ran`)
      const { intents } = core.room.deliveries.state
      const children = intents.get(run.run as string as IntentId)?.children ?? [] // a run is named by its intent
      const steps = children.flatMap((id) => {
        const { submission, outcome } = intents.get(id) ?? {}
        return submission === undefined ? [] : [`${phrase(submission.intent)}: ${outcome?.type}`]
      })
      return { run, steps }
    },
    until: (what, holds) =>
      new Promise((resolve, reject) => {
        const end = (error: Error | null) => {
          clearInterval(looking)
          clearTimeout(late)
          if (error === null) resolve()
          else reject(error)
        }
        // simulators tell nobody when they change: they are looked at
        const looking = setInterval(() => holds() && end(null), 5)
        const late = setTimeout(() => end(new Error(`it never came to this: ${what}`)), patienceMs)
      }),
    async restart(how) {
      if (how === 'killed') log.die()
      await core.close('restart')
      log = mortal(memory)
      core = await open()
      await allUp()
    },
  }
  await allUp()
  return stage
}

/** The studio that ships, with the simulators' ports, and deadlines that a test has time for. */
const together = (devices: Devices): JsonObject => ({ ...studio, devices: devicesOf(devices) })

/** The three devices with the simulators' ports, by the names that they have in config/studio.yaml. */
export function devicesOf({ switcher, recorder, house }: Devices): JsonObject {
  const delivery = { attempts: 2, backoff: '50ms', setDeadline: '2s', fireDeadline: '2s' }
  const written = sectionOf(studio, 'devices')
  return Object.fromEntries(
    Object.entries({ switcher, recorder, house }).map(([name, { port }]) => {
      const httpPort = name === 'switcher' ? { httpPort: switcher.httpPort } : {}
      return [name, { ...sectionOf(written, name), port, ...httpPort, delivery }]
    }),
  )
}

function sectionOf(config: JsonObject, name: string): JsonObject {
  const value = config[name]
  return isObject(value) ? value : {}
}

function phrase(intent: Intent): string {
  switch (intent.verb) {
    case 'set':
      return `${intent.device} ${intent.path} = ${JSON.stringify(intent.value)}`
    case 'fire':
      return `${intent.device} ${intent.action}`
    case 'do':
      return `do ${intent.name}`
    case 'run':
      return `run ${intent.macro}`
    default:
      return intent.verb
  }
}

/** Whether anybody takes a connection there. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}
