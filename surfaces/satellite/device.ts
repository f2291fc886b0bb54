import { isObject } from '../../intents/json.ts'
import type { Json } from '../../intents/json.ts'
import type { Answered, Face, PanelControl, PanelPort, Said, Seat, SeatEnd } from '../desk.ts'
import type { SurfaceHost } from '../surface.ts'
import type { Client } from './client.ts'
import { looksOf } from './key-state.ts'
import { isTrue, jsonIn, type SatelliteLine, lineOf } from './line.ts'
import { type Layout, layoutOf, type SatelliteControl } from './layout.ts'
import {
  base64Of,
  type Declared,
  declaredIn,
  streamVariables,
  type Variables,
} from './variables.ts'

/** A device that a client has added. */
export interface Device {
  readonly layout: Layout
  readonly declared: Declared
  readonly mayTurnPages: boolean
  say(said: Said): Promise<Answered>
  leave(): void
}

/** Why it was not added, as the client is told. */
export interface NotAdded {
  readonly fault: string
}

/**
 * Adds what ADD-DEVICE describes: its answer is written before anything is drawn. `ended`: it has no seat any more, and its
 * client was told.
 */
export function addDevice(
  host: SurfaceHost,
  client: Client,
  variables: Variables,
  line: SatelliteLine,
  ended: () => void,
): Device | NotAdded {
  const { params } = line
  const id = String(params.get('DEVICEID'))
  const product = params.get('PRODUCT_NAME')
  if (product === undefined) return { fault: 'Missing PRODUCT_NAME' }
  const parsed = layoutOf(line)
  if (!parsed.ok) return parsed
  const { layout } = parsed
  const declared = declaredIn(params.get('VARIABLES'))
  if (declared === null) return { fault: 'Invalid VARIABLES' }
  const fields = params.get('CONFIG_FIELDS')
  const standard = fields === undefined ? null : standardsOf(fields)
  if (fields !== undefined && standard === null) return { fault: 'Invalid CONFIG_FIELDS' }
  const port = new DevicePort(client, id, layout, {
    dims: params.get('BRIGHTNESS') === undefined || isTrue(params.get('BRIGHTNESS')),
    ended,
  })
  const lock = params.get('PINCODE_LOCK')
  const seat: Seat = host.desk.join(
    {
      id: identityOf(params),
      product: String(product),
      source: client.source,
      controls: layout.controls.map(({ control }) => control),
      ownsPin: lock === 'FULL' || lock === 'PARTIAL',
    },
    port,
  )
  if (port.refused !== null) return { fault: port.refused }
  client.write(lineOf('ADD-DEVICE OK', { DEVICEID: id }))
  if (standard !== null)
    client.write(lineOf('DEVICE-CONFIG', { DEVICEID: id, CONFIG: base64Of(standard) }))
  const offVariables = streamVariables(host.states, variables, declared, (name, value) =>
    client.inTurn(async () => {
      const values = { DEVICEID: id, VARIABLE: name, VALUE: base64Of(value) }
      client.write(lineOf('VARIABLE-VALUE', values))
    }),
  )
  port.cleanUp = offVariables
  return {
    layout,
    declared,
    mayTurnPages: params.get('CAN_CHANGE_PAGE') !== undefined,
    say(said) {
      if (said.type !== 'down' && said.type !== 'up') return seat.say(said)
      port.hold(said, said.type === 'down')
      const answer = seat.say(said)
      // its PRESSED is news, whatever the press leads to
      seat.redraw(said)
      return answer
    },
    leave: () => seat.leave(),
  }
}

/** A serial number that others have too says nothing: then the id of the session counts. */
function identityOf(params: ReadonlyMap<string, string | true>): string {
  const serial = params.get('SERIAL')
  const isUnique = params.get('SERIAL_IS_UNIQUE')
  const isUsable = typeof serial === 'string' && (isUnique === undefined || isTrue(isUnique))
  return isUsable ? serial : String(params.get('DEVICEID'))
}

/** What CONFIG_FIELDS has as the defaults: there is nobody here who would set others. */
function standardsOf(fields: string | true): Json | null {
  const list = fields === true ? null : jsonIn(fields)
  if (!Array.isArray(list)) return null
  return Object.fromEntries(
    (list as readonly Json[]).flatMap((field) =>
      isObject(field) && typeof field['id'] === 'string' && field['default'] !== undefined
        ? [[field['id'], field['default']]]
        : [],
    ),
  )
}

interface DevicePortOptions {
  /** It can change its brightness. */
  readonly dims: boolean
  readonly ended: () => void
}

/** What the hub draws at a device, as lines. */
class DevicePort implements PanelPort {
  /** Why it has no seat; null: it has. */
  refused: string | null = null
  /** Called once when the seat has ended. */
  cleanUp = () => {}
  readonly #client: Client
  readonly #id: string
  readonly #key: Layout['key']
  readonly #options: DevicePortOptions
  readonly #named: ReadonlyMap<string, SatelliteControl>
  readonly #held = new Set<string>()
  #page = 1
  #isLocked = false

  constructor(client: Client, id: string, layout: Layout, options: DevicePortOptions) {
    this.#client = client
    this.#id = id
    this.#key = layout.key
    this.#options = options
    this.#named = new Map(layout.controls.map((one) => [spotOf(one.control), one]))
  }

  hold(spot: { readonly row: number; readonly col: number }, isHeld: boolean): void {
    if (isHeld) this.#held.add(spotOf(spot))
    else this.#held.delete(spotOf(spot))
  }

  draw(control: PanelControl, face: Face, signal: AbortSignal): Promise<void> {
    const one = this.#named.get(spotOf(control))
    if (one === undefined) return Promise.resolve()
    return this.#client.inTurn(async () => {
      // a client that shows the lock itself gets no drawing while it is locked
      if (signal.aborted || this.#isLocked) return
      const { row, col } = control
      const looks = await looksOf(face, one.style, this.#held.has(spotOf(control)))
      // the seat may have ended while it was painted
      if (signal.aborted) return
      const name = this.#key === 'KEY' ? Number(one.name) : one.name
      const LOCATION = `${this.#page}/${row}/${col}`
      this.#say('KEY-STATE', { [this.#key]: name, LOCATION, ...looks })
    })
  }

  brightness(percent: number): void {
    if (this.#options.dims) this.#say('BRIGHTNESS', { VALUE: percent })
  }

  locked(lock: { readonly digits: number } | null): void {
    // the same again says nothing, and most panels are never locked
    if (lock === null && !this.#isLocked) return
    this.#isLocked = lock !== null
    const CHARACTER_COUNT = lock?.digits ?? 0
    this.#say('LOCKED-STATE', { LOCKED: this.#isLocked, CHARACTER_COUNT, ROTATION: 0 })
  }

  page(page: number): void {
    this.#page = page
  }

  ended(why: SeatEnd, detail: string): void {
    this.cleanUp()
    switch (why) {
      case 'refused':
        this.refused = detail
        return
      case 'replaced':
        this.#say('KEYS-CLEAR', {})
        this.#client.write(lineOf('ADD-DEVICE ERROR', { DEVICEID: this.#id, MESSAGE: detail }))
        this.#options.ended()
        return
      case 'hub-lost':
      case 'left':
        this.#options.ended()
        return
      default:
        why satisfies never
    }
  }

  #say(command: string, values: Readonly<Record<string, string | number | boolean>>): void {
    this.#client.write(lineOf(command, { DEVICEID: this.#id, ...values }))
  }
}

function spotOf({ row, col }: { readonly row: number; readonly col: number }): string {
  return `${row}/${col}`
}
