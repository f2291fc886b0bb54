import type { Command } from 'commander'
import type { DeviceKind } from '../hub/devices/device-kind.ts'
import type { JsonObject } from '../intents/json.ts'
import { addDevice, signLine, signOf } from './device-calls.ts'
import { addFlags, flagOf, flagValues } from './device-flags.ts'
import { keptSecrets, secretPlaces } from './device-secret.ts'
import { Stop } from './exit.ts'
import { kindOfDevice, kindsOfDevices } from './offline.ts'
import { note, print, printJson } from './output.ts'
import { meaningPhrase, parametersOf } from './schema-phrase.ts'
import { example, hubOf, jsonOption, wantsJson } from './settings.ts'
import { pairs } from './words.ts'

/** `infra bus add TYPE NAME …`: every kind of device has the flags that its own schema says. */
export function addBusAdd(bus: Command): void {
  const add = bus
    .command('add')
    .usage('<type> <name> [options]')
    .summary('add a device')
    .description(
      "Add a device: it is written to the hub's config and used at once. --url and --token behind the type are the device's own; the hub's come before: infra --url URL bus add …, or INFRA_URL.\ninfra bus add TYPE --help shows what a type can be given.",
    )
    .argument('[words...]', 'the type, a name of your own, and its options')
    // what follows the type is for that type's own flags
    .passThroughOptions()
    .helpOption(false)
    .option('-h, --help', 'the types; behind a type: its options')
  example(
    jsonOption(add),
    'infra bus add vmix mypro --host 10.0.0.5 --auto-detect',
    'infra bus add obs pgm --host 10.0.0.6 --password env:OBS_PASSWORD',
    'infra bus add ha home --host 10.0.0.7 --token file:/etc/infra/ha-token',
  ).action(async (words: readonly string[], { help }: { help?: boolean }) => {
    const [type, ...rest] = words
    if (type === undefined) return showTypes(add, help === true)
    const kind = await kindOfDevice(type)
    if (kind === null)
      throw new Stop('usage', `there is no type ${JSON.stringify(type)}`, {
        hint: `types: ${typeNames(await kindsOfDevices())}; more: infra bus add --help`,
      })
    const own = oneKind(add, kind)
    await own.parseAsync(help === true ? ['--help'] : rest, { from: 'user' })
  })
}

async function showTypes(add: Command, help: boolean): Promise<void> {
  const kinds = await kindsOfDevices()
  if (!help)
    throw new Stop('usage', 'a type and a name are needed', {
      hint: `infra bus add TYPE NAME …, where TYPE is ${typeNames(kinds)}`,
    })
  add.addHelpText('after', `\nTypes:\n${typeLines(kinds)}`)
  add.outputHelp()
}

const typeNames = (kinds: readonly DeviceKind[]) => kinds.map(({ protocol }) => protocol).join(', ')

function typeLines(kinds: readonly DeviceKind[]): string {
  const width = Math.max(...kinds.map(({ protocol }) => protocol.length))
  return kinds.map(({ protocol, title }) => `  ${protocol.padEnd(width)}  ${title}`).join('\n')
}

interface Given {
  readonly set?: readonly string[]
  readonly autoDetect?: boolean
}

/** The command that adds one kind of device. */
function oneKind(add: Command, kind: DeviceKind): Command {
  const { protocol, title, options: schema } = kind
  const command = add.command(protocol).description(`${title}.`).argument('<name>', 'its name here')
  // its own: the one above is for the types
  command.helpOption('-h, --help', 'this')
  command.exitOverride().showHelpAfterError(`  see: infra bus add ${protocol} --help`)
  addFlags(command, schema)
  command
    .option(
      '--set <pair...>',
      'what every device may have as key=value: hub=hub-b, lane=slow, delivery={"attempts":1}',
    )
    .option('--auto-detect', 'ask it for a sign of life once it is added, and say so')
  return example(jsonOption(command), exampleOf(kind)).action(
    async (name: string, given: Given & Readonly<Record<string, unknown>>) => {
      const options = keptSecrets(
        { ...pairs(given.set ?? []), ...flagValues(given, schema) },
        schema,
      )
      needAll(kind, options)
      await addOne(
        add,
        { protocol, name, options, isTested: given.autoDetect === true },
        wantsJson(command),
      )
    },
  )
}

function exampleOf({ protocol, options }: DeviceKind): string {
  const needed = parametersOf(options).filter(({ isNeeded, name }) => isNeeded || name === 'host')
  const words = needed.map(({ name, schema }) => {
    if (schema['x-secret'] === true)
      return `${flagOf(name)} env:${protocol.toUpperCase()}_${name.toUpperCase()}`
    return `${flagOf(name)} ${samples[name] ?? '…'}`
  })
  return ['infra bus add', protocol, `my-${protocol}`, ...words].join(' ')
}

/** What needed keys look like, by their name. */
const samples: Readonly<Record<string, string>> = {
  host: '10.0.0.5',
  port: '9000',
  url: 'http://10.0.0.5/',
  path: '/dev/ttyUSB0',
  mac: '00:11:22:aa:bb:cc',
}

/** @throws Stop (usage) where something is missing that has no default */
function needAll({ protocol, options: schema }: DeviceKind, options: JsonObject): void {
  const missing = parametersOf(schema).filter(
    ({ isNeeded, name }) => isNeeded && options[name] === undefined,
  )
  if (missing.length === 0) return
  const words = missing.map(({ name, schema: own }) => `${flagOf(name)} (${meaningPhrase(own)})`)
  throw new Stop('usage', `${protocol} needs ${words.join(' and ')}`, {
    hint: `infra bus add ${protocol} --help`,
  })
}

interface Adding {
  readonly protocol: string
  readonly name: string
  readonly options: JsonObject
  readonly isTested: boolean
}

async function addOne(
  add: Command,
  { protocol, name, options, isTested }: Adding,
  json: boolean,
): Promise<void> {
  const hub = hubOf(add.parent)
  await addDevice(hub, { protocol, ...options, name })
  const sign = isTested ? await signOf(hub, name) : null
  if (json) printJson({ added: name, protocol, ...(sign === null ? {} : { test: sign }) })
  else {
    print(`added  ${name} (${protocol})`)
    if (sign !== null) print(signLine(name, sign))
  }
  for (const place of secretPlaces(options)) note(`infra: its secret is read from ${place}`)
  if (sign?.ok === false)
    note(
      `infra: ${name} is kept, and used as soon as it answers; to take it out: infra bus remove ${name}`,
    )
}
