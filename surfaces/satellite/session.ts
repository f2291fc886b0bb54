import { failed } from '../../intents/failure.ts'
import type { Answered, Spot } from '../desk.ts'
import type { SurfaceHost } from '../surface.ts'
import type { Client } from './client.ts'
import { addDevice, type Device } from './device.ts'
import { isFalse, isTrue, lineOf, type LineValue, parseLine, type SatelliteLine } from './line.ts'
import { replyTo } from './reply.ts'
import { stepsIn } from './steps.ts'
import { openSubscriber, type SubscriberOptions } from './subscriber.ts'
import { valueOf, type Variables } from './variables.ts'

/** What the config says of this surface. */
export interface SessionOptions extends SubscriberOptions {
  readonly variables: Variables
}

/** One connection. */
export interface Session {
  /** Carries out a line; the answer to it, in a promise where it takes a durable write. null: nothing to answer. */
  take(line: string): Promise<string | null> | string | null
  /** The connection is gone: its panels are too. */
  close(): void
}

/** The version of the API that is spoken here, as Companion counts. */
const apiVersion = '1.14.0'

/** Of one connection: a rack of panels. */
const mostDevices = 64
/** Characters of a variable's value in base64: 48 KiB of text. */
const mostValue = 65_536

/** What is said first. */
export function greeting(version: string, { subscriptions }: SessionOptions): string {
  return (
    lineOf('BEGIN', { CompanionVersion: version, ApiVersion: apiVersion }) +
    lineOf('CAPS', {
      SUBSCRIPTIONS: subscriptions,
      NONSQUARE: true,
      BITMAP_FORMATS: 'rgb',
      ROTARY_AMOUNT: true,
    })
  )
}

export function openSession(host: SurfaceHost, client: Client, options: SessionOptions): Session {
  const devices = new Map<string, Device>()
  const reply = replyTo(host, client)
  const { no, answered } = reply
  const subscriber = openSubscriber(host, client, options, reply)

  function add(line: SatelliteLine): string | null {
    const id = line.params.get('DEVICEID')
    if (typeof id !== 'string' || id === '') return no(line, 'Missing DEVICEID')
    const DEVICEID = id.slice(0, 128)
    if (devices.has(id)) return no(line, 'Device already added', { DEVICEID })
    if (devices.size >= mostDevices)
      return no(line, `More than ${mostDevices} devices of one connection`, { DEVICEID })
    const added = addDevice(host, client, options.variables, line, () => devices.delete(id))
    if ('fault' in added) return no(line, added.fault, { DEVICEID })
    devices.set(id, added)
    return null
  }

  /** What is done with the device of a line, and what became of it. */
  function withDevice(
    line: SatelliteLine,
    act: (device: Device, id: string) => Promise<Answered> | string,
    named: Readonly<Record<string, LineValue>> = {},
  ): Promise<string> | string {
    const id = line.params.get('DEVICEID')
    if (typeof id !== 'string' || id === '') return no(line, 'Missing DEVICEID')
    const DEVICEID = id.slice(0, 128)
    const device = devices.get(id)
    if (device === undefined) return no(line, 'Device not found', { DEVICEID })
    const done = act(device, id)
    return typeof done === 'string'
      ? no(line, done, { DEVICEID })
      : done.then((answer) => answered(line, answer, { DEVICEID, ...named }))
  }

  function spotIn({ layout }: Device, { params }: SatelliteLine): Spot | string {
    const name = params.get(layout.key)
    if (name === undefined || name === true || name === '') return `Missing ${layout.key}`
    const found = layout.find(name)
    if (found !== undefined) return { row: found.control.row, col: found.control.col }
    return layout.key === 'KEY' ? 'Invalid KEY' : 'Unknown CONTROLID'
  }

  function press(line: SatelliteLine) {
    return withDevice(line, (device) => {
      const spot = spotIn(device, line)
      if (typeof spot === 'string') return spot
      const pressed = line.params.get('PRESSED')
      if (pressed === undefined) return 'Missing PRESSED'
      return device.say({ type: isFalse(pressed) ? 'up' : 'down', ...spot })
    })
  }

  function rotate(line: SatelliteLine) {
    return withDevice(line, (device) => {
      const spot = spotIn(device, line)
      if (typeof spot === 'string') return spot
      const steps = stepsIn(line)
      return typeof steps === 'string' ? steps : device.say({ type: 'rotate', steps, ...spot })
    })
  }

  function setVariable(line: SatelliteLine) {
    const id = line.params.get('VARIABLE')
    const value = line.params.get('VALUE')
    const set = (device: Device) => {
      if (typeof id !== 'string' || id === '') return 'Missing VARIABLE'
      if (typeof value !== 'string') return 'Missing VALUE'
      if (value.length > mostValue) return `A VALUE has ${mostValue} characters at most`
      if (device.declared.get(id) !== 'input') return `${id.slice(0, 80)} was not declared as input`
      const variable = options.variables[id]
      if (variable === undefined)
        return `surfaces.${options.name}.variables has no ${id.slice(0, 80)}`
      const { device: target, path } = variable
      return device.say({ type: 'set', device: target, path, value: valueOf(value) })
    }
    return withDevice(line, set, { VARIABLE: String(id).slice(0, 128) })
  }

  function pin(line: SatelliteLine) {
    return withDevice(line, (device) => {
      const key = line.params.get('KEY')
      if (key === undefined) return 'Missing KEY'
      if (typeof key !== 'string' || !/^\d$/.test(key)) return 'Invalid KEY'
      return device.say({ type: 'digit', digit: Number(key) })
    })
  }

  function turnPage(line: SatelliteLine) {
    return withDevice(line, (device) => {
      const direction = line.params.get('DIRECTION')
      if (direction === undefined) return 'Missing DIRECTION'
      if (!device.mayTurnPages) return 'The device was added without CAN_CHANGE_PAGE'
      return device.say({ type: 'page', to: isTrue(direction) ? 'next' : 'previous' })
    })
  }

  /** An empty address: there is no update. Nobody here would load it: taken note of, as the protocol wants. */
  function takeNote(line: SatelliteLine) {
    const url = line.params.get('UPDATE_URL')
    return withDevice(line, () =>
      typeof url === 'string' ? Promise.resolve({ ok: true, ids: [] }) : 'Missing UPDATE_URL',
    )
  }

  function remove(line: SatelliteLine) {
    return withDevice(line, (device, id) => {
      device.leave()
      devices.delete(id)
      return Promise.resolve({ ok: true, ids: [] })
    })
  }

  return {
    take(text) {
      const line = parseLine(text)
      switch (line.command) {
        case '':
        case 'PONG':
          return null
        case 'PING':
          return `PONG ${line.body}\n`
        case 'ADD-DEVICE':
          return add(line)
        case 'REMOVE-DEVICE':
          return remove(line)
        case 'KEY-PRESS':
          return press(line)
        case 'KEY-ROTATE':
          return rotate(line)
        case 'SET-VARIABLE-VALUE':
          return setVariable(line)
        case 'PINCODE-KEY':
          return pin(line)
        case 'CHANGE-PAGE':
          return turnPage(line)
        case 'FIRMWARE-UPDATE-INFO':
          return takeNote(line)
        case 'ADD-SUB':
        case 'REMOVE-SUB':
        case 'SUB-PRESS':
        case 'SUB-ROTATE':
          return subscriber.take(line)
        case 'QUIT':
          client.hangUp()
          return null
        default: {
          const MESSAGE = `Unknown command: ${line.command.slice(0, 80)}`
          host.rejected(client.source, failed('malformed', MESSAGE))
          return lineOf('ERROR', { MESSAGE })
        }
      }
    },
    close() {
      for (const device of devices.values()) device.leave()
      devices.clear()
      subscriber.close()
    },
  }
}
