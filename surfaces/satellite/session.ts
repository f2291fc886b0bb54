import { failed } from '../../intents/failure.ts'
import { ask } from '../ask.ts'
import type { Answered, Spot } from '../desk.ts'
import type { ControlGesture, ControlPlace, SurfaceHost } from '../surface.ts'
import type { Client } from './client.ts'
import { addDevice, type Device } from './device.ts'
import { isFalse, isTrue, lineOf, type LineValue, parseLine, type SatelliteLine } from './line.ts'
import { openSubscriptions } from './subscriptions.ts'
import { valueOf, type Variables } from './variables.ts'

/** What the config says of this surface. */
export interface SessionOptions {
  /** The surface's name. */
  readonly name: string
  readonly operator: string
  readonly subscriptions: boolean
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
/** Of an encoder in one line, as the hub takes them. */
const mostSteps = 64
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
  const subscriptions = openSubscriptions(host, client)

  const ok = ({ command }: SatelliteLine, values: Readonly<Record<string, LineValue>> = {}) =>
    lineOf(`${command} OK`, values)
  /** Never silent: what was not understood is counted too. */
  const no = (
    { command }: SatelliteLine,
    detail: string,
    values: Readonly<Record<string, LineValue>> = {},
  ) => {
    host.rejected(client.source, failed('malformed', `${command.slice(0, 40)}: ${detail}`))
    return lineOf(`${command} ERROR`, { ...values, MESSAGE: detail })
  }

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

  function answered(
    line: SatelliteLine,
    answer: Answered,
    values: Readonly<Record<string, LineValue>>,
  ): string {
    // a key that binds nothing is a key all the same
    if (answer.ok || answer.code === 'not-found') return ok(line, values)
    return lineOf(`${line.command} ERROR`, { ...values, MESSAGE: answer.detail })
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

  function remove(line: SatelliteLine) {
    return withDevice(line, (device, id) => {
      device.leave()
      devices.delete(id)
      return Promise.resolve({ ok: true, ids: [] })
    })
  }

  /** A subscription's lines: the hub is asked as by any other way in. */
  function subscription(line: SatelliteLine): Promise<string> | string {
    if (!options.subscriptions) return no(line, 'Subscriptions not enabled')
    const id = line.params.get('SUBID')
    if (typeof id !== 'string' || id === '') return no(line, 'Missing SUBID')
    const SUBID = id.slice(0, 64)
    if (line.command === 'ADD-SUB') {
      const fault = subscriptions.add(id, line)
      return fault === null ? ok(line, { SUBID }) : no(line, fault)
    }
    if (line.command === 'REMOVE-SUB')
      return subscriptions.remove(id) ? ok(line, { SUBID }) : no(line, 'Unknown SUBID')
    const place = subscriptions.placeOf(id)
    if (place === undefined) return no(line, 'Unknown SUBID')
    if (line.command === 'SUB-ROTATE') {
      const steps = stepsIn(line)
      if (typeof steps === 'string') return no(line, steps)
      const way = steps > 0 ? 'rotate-right' : 'rotate-left'
      const all = Array.from({ length: Math.abs(steps) }, () => gesture(place, way))
      return Promise.all(all).then((answers) =>
        answered(line, answers.find((answer) => !answer.ok) ?? { ok: true, ids: [] }, { SUBID }),
      )
    }
    const pressed = line.params.get('PRESSED')
    if (pressed === undefined) return no(line, 'Missing PRESSED')
    subscriptions.held(id, !isFalse(pressed))
    return gesture(place, isFalse(pressed) ? 'up' : 'down').then((answer) =>
      answered(line, answer, { SUBID }),
    )
  }

  async function gesture(place: ControlPlace, kind: ControlGesture): Promise<Answered> {
    const asked = { kind: 'gesture', place, gesture: kind, control: '' } as const
    const { name: surface, operator } = options
    const answer = await ask(host, asked, { surface, operator, source: client.source })
    if (!answer.ok) return answer
    const refused = answer.receipts.find(({ refusal }) => refusal !== null)?.refusal
    return refused == null
      ? { ok: true, ids: answer.receipts.map(({ id }) => id) }
      : { ok: false, code: refused.code, detail: refused.failure.detail }
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
          // nobody here would load it: taken note of, as the protocol wants
          return withDevice(line, () => Promise.resolve({ ok: true, ids: [] }))
        case 'ADD-SUB':
        case 'REMOVE-SUB':
        case 'SUB-PRESS':
        case 'SUB-ROTATE':
          return subscription(line)
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
      subscriptions.close((place, kind) => void gesture(place, kind)) // never rejects
    },
  }
}

/** DIRECTION: a number of steps with its sign, and 0 is one to the left, as clients before 1.14.0 mean it. */
function stepsIn({ params }: SatelliteLine): number | string {
  const direction = params.get('DIRECTION')
  if (direction === undefined || direction === '') return 'Missing DIRECTION'
  const steps = Math.trunc(Number(direction === true ? 'true' : direction))
  if (Number.isNaN(steps)) return isTrue(direction) ? 1 : -1
  if (Math.abs(steps) > mostSteps) return `DIRECTION has ${mostSteps} steps at most`
  return steps === 0 ? -1 : steps
}
