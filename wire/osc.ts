import { maxArguments, maxArrayDepth, type OscArg } from './osc-arg.ts'

// OSC 1.0 on the way in (https://opensoundcontrol.stanford.edu/spec-1_0.html). Every byte here is hostile: sizes,
// depths and counts are bounded, strings are checked, and nothing throws. The way out is osc-encode.ts.

export interface OscMessage {
  readonly kind: 'message'
  readonly address: string
  readonly args: readonly OscArg[]
}

interface OscBundle {
  readonly kind: 'bundle'
  /** NTP's 64 bits; 1 means at once. */
  readonly time: bigint
  readonly elements: readonly OscPacket[]
}

export type OscPacket = OscMessage | OscBundle

export type Decoded =
  | { readonly ok: true; readonly packet: OscPacket }
  | { readonly ok: false; readonly detail: string }

/** 1 MiB: sixteen times a UDP datagram, and a bound for what a stream may announce. */
const maxPacketBytes = 1024 * 1024
/** Bundles nest at most so deep, the outermost counted. */
export const maxBundleDepth = 8
/** Elements of a packet, over all its bundles. */
const maxElements = 4096

interface Cursor {
  readonly bytes: Buffer
  at: number
  /** The next type tag. */
  tag: number
  args: number
  elements: number
  fault: string | null
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The packet in `bytes`, or why it is none. Never throws, keeps no reference to `bytes`. */
export function decode(bytes: Buffer): Decoded {
  if (bytes.length === 0) return { ok: false, detail: 'empty packet' }
  if (bytes.length > maxPacketBytes)
    return { ok: false, detail: `packet of ${bytes.length} bytes, at most ${maxPacketBytes}` }
  if ((bytes.length & 3) !== 0)
    return { ok: false, detail: `packet of ${bytes.length} bytes, not a multiple of 4` }
  const cursor: Cursor = { bytes, at: 0, tag: 0, args: 0, elements: 0, fault: null }
  const packet = readPacket(cursor, bytes.length, 1)
  return cursor.fault === null
    ? { ok: true, packet }
    : { ok: false, detail: `${cursor.fault} (near byte ${cursor.at})` }
}

/** After a fault the result means nothing; `decode` drops it. */
function readPacket(cursor: Cursor, end: number, depth: number): OscPacket {
  return cursor.bytes[cursor.at] === 0x23
    ? readBundle(cursor, end, depth)
    : readMessage(cursor, end)
}

function readBundle(cursor: Cursor, end: number, depth: number): OscBundle {
  const { bytes } = cursor
  const elements: OscPacket[] = []
  if (depth > maxBundleDepth) cursor.fault = `bundles nest deeper than ${maxBundleDepth}`
  else if (
    end - cursor.at < 16 ||
    bytes.toString('latin1', cursor.at, cursor.at + 8) !== '#bundle\0'
  )
    cursor.fault = 'starts with # but is no bundle'
  if (cursor.fault !== null) return { kind: 'bundle', time: 1n, elements }
  const time = bytes.readBigUInt64BE(cursor.at + 8)
  cursor.at += 16
  while (cursor.at < end && cursor.fault === null) {
    const size = readInt(cursor, end)
    if (size <= 0 || (size & 3) !== 0 || size > end - cursor.at)
      cursor.fault = `element of ${size} bytes in a bundle with ${end - cursor.at} left`
    else if (++cursor.elements > maxElements) cursor.fault = `more than ${maxElements} elements`
    else elements.push(readPacket(cursor, cursor.at + size, depth + 1))
  }
  return { kind: 'bundle', time, elements }
}

function readMessage(cursor: Cursor, end: number): OscMessage {
  const { bytes } = cursor
  if (bytes[cursor.at] !== 0x2f) cursor.fault = 'an address starts with /'
  const address = readString(cursor, end)
  const args: OscArg[] = []
  // OSC 1.0: "implementations should be robust in the case of a missing OSC Type Tag String"
  if (cursor.fault !== null || cursor.at === end) return { kind: 'message', address, args }
  if (bytes[cursor.at] !== 0x2c) {
    cursor.fault = 'no type tags after the address'
    return { kind: 'message', address, args }
  }
  cursor.tag = cursor.at + 1
  skipString(cursor, end)
  cursor.args = 0
  if (cursor.fault === null) readArgs(cursor, end, args, 0)
  if (cursor.fault === null && cursor.at !== end)
    cursor.fault = `${end - cursor.at} bytes after the last argument`
  return { kind: 'message', address, args }
}

/** Reads until the tags end, or `]` inside an array. The tags' NUL was found before. */
function readArgs(cursor: Cursor, end: number, args: OscArg[], depth: number): void {
  while (cursor.fault === null) {
    const tag = cursor.bytes[cursor.tag] ?? 0
    cursor.tag++
    if (tag === 0 || tag === 0x5d) {
      if ((tag === 0) !== (depth === 0)) cursor.fault = 'unbalanced [ ] in the type tags'
      return
    }
    if (++cursor.args > maxArguments) cursor.fault = `more than ${maxArguments} arguments`
    else args.push(readArg(cursor, end, tag, depth))
  }
}

function readArg(cursor: Cursor, end: number, tag: number, depth: number): OscArg {
  const { bytes } = cursor
  switch (tag) {
    case 0x69: // i
      return { type: 'i', value: readInt(cursor, end) }
    case 0x66: // f
      return { type: 'f', value: has(cursor, end, 4) ? bytes.readFloatBE(cursor.at - 4) : 0 }
    case 0x73: // s
      return { type: 's', value: readString(cursor, end) }
    case 0x54: // T
      return { type: 'T', value: true }
    case 0x46: // F
      return { type: 'F', value: false }
    case 0x4e: // N
      return { type: 'N', value: null }
    case 0x49: // I
      return { type: 'I', value: true }
    case 0x62: // b
      return { type: 'b', value: readBlob(cursor, end) }
    case 0x68: // h
      return { type: 'h', value: has(cursor, end, 8) ? bytes.readBigInt64BE(cursor.at - 8) : 0n }
    case 0x74: // t
      return { type: 't', value: has(cursor, end, 8) ? bytes.readBigUInt64BE(cursor.at - 8) : 0n }
    case 0x64: // d
      return { type: 'd', value: has(cursor, end, 8) ? bytes.readDoubleBE(cursor.at - 8) : 0 }
    case 0x53: // S
      return { type: 'S', value: readString(cursor, end) }
    case 0x72: // r
      return { type: 'r', value: readInt(cursor, end) >>> 0 }
    case 0x6d: // m
      return { type: 'm', value: readInt(cursor, end) >>> 0 }
    case 0x63: {
      // c
      const code = readInt(cursor, end)
      if (code < 0 || code > 0x7f) cursor.fault ??= `character ${code} is not ASCII`
      return { type: 'c', value: String.fromCharCode(code & 0x7f) }
    }
    case 0x5b: {
      // [
      const value: OscArg[] = []
      if (depth >= maxArrayDepth) cursor.fault = `arrays nest deeper than ${maxArrayDepth}`
      else readArgs(cursor, end, value, depth + 1)
      return { type: '[', value }
    }
    default:
      cursor.fault = `unknown type tag 0x${tag.toString(16)}`
      return { type: 'N', value: null }
  }
}

/** Steps over `size` bytes if they are there. */
function has(cursor: Cursor, end: number, size: number): boolean {
  if (end - cursor.at < size) {
    cursor.fault ??= `${size} bytes wanted, ${end - cursor.at} left`
    return false
  }
  cursor.at += size
  return true
}

function readInt(cursor: Cursor, end: number): number {
  return has(cursor, end, 4) ? cursor.bytes.readInt32BE(cursor.at - 4) : 0
}

function readBlob(cursor: Cursor, end: number): Uint8Array {
  const size = readInt(cursor, end)
  const from = cursor.at
  if (cursor.fault !== null || size < 0 || size > end - from) {
    cursor.fault ??= `blob of ${size} bytes, ${end - from} left`
    return Buffer.alloc(0)
  }
  // both `from` and `end` are multiples of 4, so the padding is inside
  cursor.at = (from + size + 3) & ~3
  if (!zeros(cursor.bytes, from + size, cursor.at)) cursor.fault = 'padding is not zero'
  return Buffer.from(cursor.bytes.subarray(from, from + size))
}

function readString(cursor: Cursor, end: number): string {
  const from = cursor.at
  const { bytes } = cursor
  let high = 0
  let to = from
  for (; to < end; to++) {
    const byte = bytes[to] ?? 0
    if (byte === 0) break
    high |= byte
  }
  endString(cursor, to, end)
  if (cursor.fault !== null) return ''
  if (high < 0x80) return bytes.toString('latin1', from, to)
  try {
    return utf8.decode(bytes.subarray(from, to))
  } catch {
    // the decoder's TypeError says no more than this does
    cursor.fault = 'a string is not UTF-8'
    return ''
  }
}

function skipString(cursor: Cursor, end: number): void {
  let to = cursor.at
  while (to < end && cursor.bytes[to] !== 0) to++
  endString(cursor, to, end)
}

/** `to` is the string's NUL: moves behind the padding. */
function endString(cursor: Cursor, to: number, end: number): void {
  const next = (to + 4) & ~3
  if (to >= end) cursor.fault ??= 'a string has no end'
  else if (!zeros(cursor.bytes, to, next)) cursor.fault ??= 'padding is not zero'
  else cursor.at = next
}

function zeros(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false
  return true
}
