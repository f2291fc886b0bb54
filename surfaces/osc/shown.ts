import type { Json } from '../../intents/json.ts'
import { maxArguments, type OscArg, type PlainArg, toOscArgs } from '../../wire/osc-arg.ts'
import { encode, isAddress } from '../../wire/osc-encode.ts'
import type { Face } from '../desk.ts'
import { type ControlPlace, type DeviceState, placeName } from '../surface.ts'

// What a client is told, as messages. All of a face each time: a datagram that was lost is made good by the next.

/** Longer values are not sent: what is larger than a datagram would never arrive. Bytes. */
const longestMessage = 32_768
/** Whole numbers up to here are the same as float32. */
const exactInFloat = 2 ** 24

const text = (value: string): OscArg => ({ type: 's', value: value.replaceAll('\0', ' ') })

/** Below the address of the control: `/location/1/0/2/…`. */
export function faceMessages(place: ControlPlace, face: Face): readonly Buffer[] {
  const at = `/location/${placeName(place)}`
  const { state } = face
  const messages = [
    encode(`${at}/style/text`, [text(face.text)]),
    encode(`${at}/style/color`, [text(face.textColour)]),
    encode(`${at}/style/bgcolor`, [text(face.colour)]),
    encode(`${at}/state`, [text(state.is)]),
    encode(`${at}/reason`, [text(state.is === 'failed' ? state.reason : '')]),
    encode(`${at}/lit`, [{ type: 'i', value: face.lit ? 1 : 0 }]),
  ]
  for (const [name, value] of [
    ['level', face.level],
    ['progress', face.progress],
  ] as const)
    if (value !== null) messages.push(encode(`${at}/${name}`, [{ type: 'f', value }]))
  return messages
}

/**
 * At the address that sets it, so that the control of a touch screen that sets it follows it: `/if/set/desk/master/level 0.5`.
 * Numbers are float32, so that a program that expects those always gets them; whole ones that it cannot hold are int32, others float64.
 * A list is several arguments, an object its JSON. Empty where it cannot be said.
 */
export function stateMessages({ device, path, value }: DeviceState): readonly Buffer[] {
  // one part after the slash has two in front of it, as `parseAddress` reads it
  const rest = path.startsWith('/') && !path.includes('/', 1) ? `/${path}` : path
  const address = `/if/set/${device}${path.startsWith('/') && rest === path ? '' : '/'}${rest}`
  if (!isAddress(address)) return []
  const args = valuesOf(value)
  if (args === null) return []
  const bytes = encode(address, args)
  return bytes.length > longestMessage ? [] : [bytes]
}

function valuesOf(value: Json): readonly OscArg[] | null {
  const values: readonly Json[] = Array.isArray(value) ? value : [value]
  if (values.length > maxArguments) return null
  const args: OscArg[] = []
  for (const one of values)
    if (typeof one === 'number') args.push(numberOf(one))
    else if (typeof one === 'string') args.push(text(one))
    else {
      const plain: PlainArg = typeof one === 'object' && one !== null ? JSON.stringify(one) : one
      const converted = toOscArgs([plain])
      if (!converted.ok) return null
      args.push(...converted.args)
    }
  return args
}

function numberOf(value: number): OscArg {
  if (Number.isInteger(value) && Math.abs(value) > exactInFloat)
    return (value | 0) === value ? { type: 'i', value } : { type: 'd', value }
  return Number.isFinite(Math.fround(value)) ? { type: 'f', value } : { type: 'd', value }
}
