import type { Command } from 'commander'
import type { DeviceId } from '../intents/id.ts'
import type { Device, Sign } from './answers.ts'
import { ask, ConnectionLost, type Hub } from './client.ts'
import { Stop } from './exit.ts'
import { end, note, paint, plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, jsonOption, wantsJson } from './settings.ts'
import { deviceTable } from './status.ts'
import { submit } from './submit.ts'
import { literal, pairs } from './words.ts'

/** `infra bus …`: the devices on the bus. */
export function addBus(program: Command): void {
  const bus = program.command('bus').summary('add, list, test and use devices')
  bus.description('The devices on the bus.')
  example(bus, 'infra bus add vmix mypro --host 10.0.0.5', 'infra bus list')
  addAdd(bus)
  addList(bus)
  addRemove(bus)
  addTest(bus)
  addExec(bus)
}

interface AddOptions {
  readonly host?: string
  readonly port?: string
  readonly url?: string
  readonly token?: string
  readonly password?: string
  readonly set?: readonly string[]
  readonly autoDetect?: boolean
}

function addAdd(bus: Command): void {
  const add = bus
    .command('add <type> <name>')
    .summary('add a device')
    .description(
      "Add a device: it is written to the hub's config and used at once. --url and --token here are the device's own; the hub's come before: infra --url URL bus add …, or INFRA_URL.",
    )
    .option('--host <host>', "the device's host name or address")
    .option('--port <port>', "the device's port, where it is not the usual one")
    .option('--url <url>', 'where the device is, for those that have a URL')
    .option('--token <token>', "a reference to the device's token: '${env:NAME}' or '${file:PATH}'")
    .option('--password <password>', 'a reference to its password, in the same form')
    .option('--set <pair...>', 'any other option of the device as key=value')
    .option('--auto-detect', 'ask the device for a sign of life on its usual ports, and say so')
  example(
    jsonOption(add),
    'infra bus add vmix mypro --host 10.0.0.5 --auto-detect',
    "infra bus add http hook --url https://example.org/hook --token '${env:HOOK_TOKEN}'",
  ).action(async (protocol: string, name: string, options: AddOptions) => {
    const hub = hubOf(add.parent)
    const { host, port, url, token, password, set = [] } = options
    const own = Object.entries({ host, url, token, password }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    )
    const body = {
      ...pairs(set),
      ...Object.fromEntries(own),
      ...(port === undefined ? {} : { port: literal(port) }),
      protocol,
      name,
    }
    await change(hub, { method: 'POST', path: '/api/v1/devices', body })
    const sign = options.autoDetect === true ? await test(hub, name) : null
    if (wantsJson(add))
      printJson({ added: name, protocol, ...(sign === null ? {} : { test: sign }) })
    else {
      print(`added  ${name} (${protocol})`)
      if (sign !== null) print(signLine(name, sign))
    }
    if (sign?.ok === false)
      note(
        `infra: ${name} is kept, and used as soon as it answers; to take it out: infra bus remove ${name}`,
      )
  })
}

function addList(bus: Command): void {
  const list = bus
    .command('list')
    .summary('list the devices')
    .description('The devices, their links and what they last said.')
  example(hubOptions(list), 'infra bus list').action(async () => {
    const devices = await devicesOf(hubOf(list))
    if (wantsJson(list)) printJson(devices)
    else for (const line of deviceTable(devices)) print(line)
  })
}

function addRemove(bus: Command): void {
  const remove = bus
    .command('remove <name>')
    .summary('remove a device')
    .description("Take a device out of the hub's config. What it did stays in the record.")
  example(hubOptions(remove), 'infra bus remove mypro').action(async (name: string) => {
    await change(hubOf(remove), { method: 'DELETE', path: devicePath(name) })
    if (wantsJson(remove)) printJson({ removed: name })
    else print(`removed  ${plain(name)}`)
  })
}

function addTest(bus: Command): void {
  const command = bus
    .command('test <name>')
    .summary('ask a device for a sign of life')
    .description('Ask a device for a sign of life. Nothing changes on the device.')
  example(hubOptions(command), 'infra bus test mypro').action(async (name: string) => {
    const sign = await test(hubOf(command), name)
    if (wantsJson(command)) printJson(sign)
    else print(signLine(name, sign))
    if (!sign.ok) end('failed')
  })
}

function addExec(bus: Command): void {
  const exec = bus
    .command('exec <type> <name> <command>')
    .summary('have a device of a given type do something once')
    .description('The same as infra fire, but only where NAME is a device of that TYPE.')
    .option('--param <pair...>', 'arguments as key=value')
    .option('--no-wait', 'do not wait for the outcome')
  example(hubOptions(exec), 'infra bus exec vmix mypro StartStreaming --param Value=1').action(
    async (type: string, name: string, action: string, options: ExecOptions) => {
      const hub = hubOf(exec)
      const args = pairs(options.param ?? [])
      const device = (await devicesOf(hub)).find(({ id }) => id === name)
      if (device !== undefined && device.protocol !== type)
        throw new Stop('usage', `${name} is no ${type}: it is ${device.protocol}`, {
          hint: `infra bus exec ${device.protocol} ${name} ${action}`,
        })
      // an unknown device is for the hub to refuse: then the refusal is recorded, too
      const intent = { verb: 'fire', device: name as DeviceId, action, args } as const
      await submit(hub, intent, { wait: options.wait, json: wantsJson(exec) })
    },
  )
}

interface ExecOptions {
  readonly param?: readonly string[]
  readonly wait: boolean
}

const devicePath = (name: string) => `/api/v1/devices/${encodeURIComponent(name)}`

async function devicesOf(hub: Hub): Promise<readonly Device[]> {
  const answer = await ask<{ readonly devices: readonly Device[] }>(
    hub,
    { method: 'GET', path: '/api/v1/devices' },
    ['devices'],
  )
  return answer.devices
}

/** A change of the config: it carries no id, so a broken connection leaves it open. @throws Stop */
async function change(hub: Hub, request: Omit<Parameters<typeof ask>[1], 'withinMs'>) {
  try {
    await ask(hub, { ...request, withinMs: 30_000 }, [])
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error
    throw new Stop('unreachable', `${error.message}: whether it was done is not known`, {
      hint: 'when the hub is back: infra bus list',
      cause: error,
    })
  }
}

async function test(hub: Hub, name: string): Promise<Sign> {
  const request = { method: 'POST', path: `${devicePath(name)}/test`, withinMs: 30_000 } as const
  return ask<Sign>(hub, request, ['ok', 'detail'])
}

function signLine(name: string, sign: Sign): string {
  const word = sign.ok ? paint('good', 'answers') : paint('bad', 'no answer')
  return `${word}  ${plain(`${name}: ${sign.detail}`)}`
}
