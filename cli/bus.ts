import type { Command } from 'commander'
import { addBusAdd } from './bus-add.ts'
import { addBusExec } from './bus-exec.ts'
import { devicesOf, removeDevice, signLine, signOf } from './device-calls.ts'
import { addDiscover } from './discover.ts'
import { addOrchestrate } from './profile.ts'
import { end, note, plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { deviceTable } from './status.ts'

/** `infra bus …`: the devices on the bus. */
export function addBus(program: Command): void {
  const bus = program.command('bus').summary('find, add, list, test and use devices')
  // what stands behind the type of a device to add belongs to that type
  bus.description('The devices on the bus.').enablePositionalOptions()
  example(bus, 'infra bus discover', 'infra bus add vmix mypro --host 10.0.0.5', 'infra bus list')
  addDiscover(bus)
  addBusAdd(bus)
  addList(bus)
  addRemove(bus)
  addTest(bus)
  addBusExec(bus)
  addOrchestrate(bus)
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
    if (devices.length === 0)
      note('infra: no device yet: infra bus discover, or infra bus add --help')
  })
}

function addRemove(bus: Command): void {
  const remove = bus
    .command('remove <name>')
    .summary('remove a device')
    .description("Take a device out of the hub's config. What it did stays in the record.")
  example(hubOptions(remove), 'infra bus remove mypro').action(async (name: string) => {
    await removeDevice(hubOf(remove), name)
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
    const sign = await signOf(hubOf(command), name)
    if (wantsJson(command)) printJson(sign)
    else print(signLine(name, sign))
    if (!sign.ok) end('failed')
  })
}
