import { checked, type OscArg } from './osc-arg.ts'
import type { OscPacket } from './osc.ts'

/** At once (OSC 1.0, "Temporal Semantics and OSC Time Tags"). */
export const immediately = 1n

/**
 * The bytes of one message. For arguments that come as JSON see `toOscArgs`.
 * @throws RangeError where `address` is none or a value does not fit its type
 */
export function encode(address: string, args: readonly OscArg[]): Buffer {
  if (!isAddress(address)) throw new RangeError('an OSC address starts with / and has no NUL')
  const bytes = Buffer.allocUnsafe(messageBytes(address, args))
  writeMessage(bytes, 0, address, args)
  return bytes
}

/** The bytes of a message or bundle. @throws RangeError as {@link encode} */
export function encodePacket(packet: OscPacket): Buffer {
  if (packet.kind === 'message') return encode(packet.address, packet.args)
  return bundleOf(packet.elements.map(encodePacket), packet.time)
}

/** The bytes of a bundle of packets that are bytes already. */
export function bundleOf(packets: readonly Buffer[], time = immediately): Buffer {
  const head = Buffer.alloc(16, '#bundle\0', 'latin1')
  head.writeBigUInt64BE(time, 8)
  const elements = packets.flatMap((bytes) => {
    const size = Buffer.alloc(4)
    size.writeInt32BE(bytes.length)
    return [size, bytes]
  })
  return Buffer.concat([head, ...elements])
}

/** Whether `text` can be sent as an OSC address. */
export function isAddress(text: string): boolean {
  return text.startsWith('/') && !text.includes('\0')
}

/** With its NUL, padded to a multiple of 4. */
function stringBytes(text: string): number {
  return (Buffer.byteLength(text) + 4) & ~3
}

function messageBytes(address: string, args: readonly OscArg[]): number {
  return stringBytes(address) + ((1 + tagCount(args) + 4) & ~3) + dataBytes(args)
}

function tagCount(args: readonly OscArg[]): number {
  let count = args.length
  for (const arg of args) if (arg.type === '[') count += 1 + tagCount(arg.value)
  return count
}

function dataBytes(args: readonly OscArg[]): number {
  let size = 0
  for (const arg of args)
    switch (arg.type) {
      case 'i':
      case 'f':
      case 'c':
      case 'r':
      case 'm':
        size += 4
        break
      case 'h':
      case 't':
      case 'd':
        size += 8
        break
      case 's':
      case 'S':
        size += stringBytes(arg.value)
        break
      case 'b':
        size += 4 + ((arg.value.length + 3) & ~3)
        break
      case '[':
        size += dataBytes(arg.value)
        break
      case 'T':
      case 'F':
      case 'N':
      case 'I':
        break
      default:
        return arg satisfies never
    }
  return size
}

function writeMessage(
  bytes: Buffer,
  start: number,
  address: string,
  args: readonly OscArg[],
): void {
  let at = writeString(bytes, start, address)
  bytes[at] = 0x2c
  at = pad(bytes, writeTags(bytes, at + 1, args))
  writeArgs(bytes, at, args)
}

/** One to four NULs, up to a multiple of 4. */
function pad(bytes: Buffer, at: number): number {
  const next = (at + 4) & ~3
  bytes.fill(0, at, next)
  return next
}

function writeString(bytes: Buffer, at: number, text: string): number {
  return pad(bytes, at + bytes.write(text, at))
}

function writeTags(bytes: Buffer, start: number, args: readonly OscArg[]): number {
  let at = start
  for (const arg of args) {
    bytes[at++] = arg.type.charCodeAt(0)
    if (arg.type === '[') {
      at = writeTags(bytes, at, arg.value)
      bytes[at++] = 0x5d
    }
  }
  return at
}

function writeArgs(bytes: Buffer, start: number, args: readonly OscArg[]): number {
  let at = start
  for (const arg of args) at = writeArg(bytes, at, checked(arg))
  return at
}

function writeArg(bytes: Buffer, at: number, arg: OscArg): number {
  switch (arg.type) {
    case 'i':
      return bytes.writeInt32BE(arg.value, at)
    case 'f':
      return bytes.writeFloatBE(arg.value, at)
    case 's':
    case 'S':
      return writeString(bytes, at, arg.value)
    case 'b': {
      const from = bytes.writeInt32BE(arg.value.length, at)
      const to = from + arg.value.length
      bytes.set(arg.value, from)
      bytes.fill(0, to, (to + 3) & ~3)
      return (to + 3) & ~3
    }
    case 'h':
      return bytes.writeBigInt64BE(arg.value, at)
    case 't':
      return bytes.writeBigUInt64BE(arg.value, at)
    case 'd':
      return bytes.writeDoubleBE(arg.value, at)
    case 'c':
      return bytes.writeInt32BE(arg.value.charCodeAt(0), at)
    case 'r':
    case 'm':
      return bytes.writeUInt32BE(arg.value, at)
    case '[':
      return writeArgs(bytes, at, arg.value)
    case 'T':
    case 'F':
    case 'N':
    case 'I':
      return at
    default:
      return arg satisfies never
  }
}
