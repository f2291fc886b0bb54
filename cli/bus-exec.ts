import type { Command } from 'commander'
import type { DeviceId } from '../intents/id.ts'
import type { Json } from '../intents/json.ts'
import { showAction, showActions } from './action-help.ts'
import type { Device } from './answers.ts'
import { devicesOf } from './device-calls.ts'
import { Stop } from './exit.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { submit } from './submit.ts'
import { args } from './words.ts'

interface ExecOptions {
  readonly param?: readonly string[]
  readonly wait: boolean
  readonly help?: boolean
}

/** `infra bus exec …`: what a device can do, and having it done. */
export function addBusExec(bus: Command): void {
  const exec = bus
    .command('exec')
    .usage('[type] <name> <action> [args...] [options]')
    .summary('have a device do something once; with --help, what it can do')
    .description(
      'Have a device do something once: the same as infra fire. With a TYPE before it only where NAME is a device of that type.\ninfra bus exec NAME --help lists what a device can do; infra bus exec NAME ACTION --help says what an action takes.',
    )
    .argument('[words...]', 'the device, what it is to do, and arguments as key=value or values')
    .helpOption(false)
    .option('--param <pair...>', 'arguments as key=value')
    .option('--no-wait', 'do not wait for the outcome')
    .option('-h, --help', 'this; behind a device: its actions; behind an action: its parameters')
  example(
    hubOptions(exec),
    'infra bus exec mypro --help',
    'infra bus exec mypro Cut --help',
    'infra bus exec mypro Cut Input=1',
    'infra bus exec vmix mypro StartStreaming --param Value=1',
  ).action(async (words: readonly string[], options: ExecOptions) => {
    const help = options.help === true
    if (help && words.length === 0) return exec.outputHelp()
    const hub = hubOf(exec)
    const asked = whoDoesWhat(words, await devicesOf(hub))
    if (help && asked.action === null) return showActions(hub, asked, wantsJson(exec))
    if (help) return showAction(hub, { ...asked, action: asked.action ?? '' }, wantsJson(exec))
    if (asked.action === null)
      throw new Stop('usage', `what is ${asked.device} to do?`, {
        hint: `infra bus exec ${asked.device} --help lists what it can`,
      })
    const given = argsOf(asked.rest, options.param ?? [])
    // an unknown device is for the hub to refuse: then the refusal is recorded, too
    const device = asked.device as DeviceId
    const intent = { verb: 'fire', device, action: asked.action, args: given } as const
    try {
      await submit(hub, intent, { wait: options.wait, json: wantsJson(exec) })
    } catch (error) {
      throw withWay(error, asked.device, asked.action)
    }
  })
}

export interface Asked {
  readonly device: string
  /** Null where none was named. */
  readonly action: string | null
  readonly rest: readonly string[]
}

/** NAME ACTION …, or TYPE NAME ACTION …, which the devices tell apart. @throws Stop (usage) */
export function whoDoesWhat(words: readonly string[], devices: readonly Device[]): Asked {
  const [first, second, third = null, ...rest] = words
  if (first === undefined)
    throw new Stop('usage', 'a device and what it is to do are needed', {
      hint: 'infra bus list shows the devices; infra bus exec NAME --help what one can do',
    })
  const named = devices.find(({ id }) => id === second)
  if (named?.protocol === first) return { device: named.id, action: third, rest }
  const isDevice = devices.some(({ id }) => id === first)
  if (!isDevice && named !== undefined)
    throw new Stop('usage', `${named.id} is no ${first}: it is ${named.protocol}`, {
      hint: ['infra bus exec', named.protocol, named.id, third ?? '--help'].join(' '),
    })
  const ofType = devices.filter(({ protocol }) => protocol === first).map(({ id }) => id)
  if (!isDevice && ofType.length > 0 && third === null)
    throw new Stop('usage', `${first} is a type: which device of it?`, {
      hint: `there is ${ofType.join(', ')}: infra bus exec ${ofType[0] ?? ''} --help`,
    })
  // of two unknown words the first is the type where an action follows them
  if (!isDevice && ofType.length > 0) return { device: second ?? '', action: third, rest }
  return { device: first, action: second ?? null, rest: third === null ? [] : [third, ...rest] }
}

function argsOf(bare: readonly string[], params: readonly string[]): Json {
  return args([...bare, ...params])
}

/** The hub's no, with the way to what would be right. */
function withWay(error: unknown, device: string, action: string): unknown {
  if (!(error instanceof Stop) || error.hint !== null || error.problem === null) return error
  const code = error.problem['code']
  const hint =
    code === 'unknown-device'
      ? 'infra bus list shows the devices'
      : code === 'not-found' || code === 'unknown-action'
        ? `infra bus exec ${device} --help lists what it can do`
        : `infra bus exec ${device} ${action} --help says what it takes`
  return new Stop(error.exit, error.message, {
    hint,
    problem: error.problem,
    cause: error,
    code: error.code,
  })
}
