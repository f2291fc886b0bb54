// The session protocol of Apple's network MIDI: packets that begin with FF FF stand beside RTP on the same two ports.
// Apple published it in "Network Driver Protocol" of the MIDI Network Driver documentation.

/** A packet of the session, as it is on the wire. Tokens, SSRCs: 32 bits, unsigned. */
export type AppleMidi =
  /** Invites, accepts. `name` is the sender's, for people. */
  | {
      readonly kind: 'invitation' | 'accepted'
      readonly token: number
      readonly ssrc: number
      readonly name: string
    }
  /** Declines; ends the session. */
  | { readonly kind: 'declined' | 'ended'; readonly token: number; readonly ssrc: number }
  /** Clocks are compared in three packets, `count` 0 to 2; times in 100 µs since anything. */
  | {
      readonly kind: 'clock'
      readonly ssrc: number
      readonly count: 0 | 1 | 2
      readonly times: readonly [bigint, bigint, bigint]
    }
  /** Receiver feedback: the highest RTP sequence number that came. */
  | { readonly kind: 'feedback'; readonly ssrc: number; readonly sequence: number }

/** The only version there is. */
const version = 2
const codes = { invitation: 'IN', accepted: 'OK', declined: 'NO', ended: 'BY' } as const
const kinds = new Map(
  Object.entries(codes).map(([kind, code]) => [code, kind as keyof typeof codes]),
) // its own keys
/** Longer names are cut: they are for a line on a display. */
const longestName = 128

/** Whether a packet is one of the session's; RTP begins with its version, 0x80. */
export function isAppleMidi(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffff
}

export function encodeAppleMidi(packet: AppleMidi): Buffer {
  if (packet.kind === 'clock') {
    const bytes = headed('CK', 36)
    bytes.writeUInt32BE(packet.ssrc, 4)
    bytes[8] = packet.count
    packet.times.forEach((time, n) => bytes.writeBigUInt64BE(BigInt.asUintN(64, time), 12 + 8 * n))
    return bytes
  }
  if (packet.kind === 'feedback') {
    const bytes = headed('RS', 12)
    bytes.writeUInt32BE(packet.ssrc, 4)
    // in the upper half of its word
    bytes.writeUInt16BE(packet.sequence, 8)
    return bytes
  }
  const bytes = headed(codes[packet.kind], 16)
  bytes.writeUInt32BE(version, 4)
  bytes.writeUInt32BE(packet.token, 8)
  bytes.writeUInt32BE(packet.ssrc, 12)
  return 'name' in packet
    ? Buffer.concat([bytes, Buffer.from(`${packet.name.slice(0, longestName)}\0`)])
    : bytes
}

function headed(code: string, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.writeUInt16BE(0xffff, 0)
  bytes.write(code, 2, 'latin1')
  return bytes
}

/** Hostile: null for what is too short, of another version or of no known kind. Bytes after a packet are ignored. */
export function decodeAppleMidi(bytes: Buffer): AppleMidi | null {
  if (!isAppleMidi(bytes)) return null
  const code = bytes.toString('latin1', 2, 4)
  if (code === 'CK') return clockOf(bytes)
  if (code === 'RS') return feedbackOf(bytes)
  const kind = kinds.get(code as 'IN') // any text may be asked for
  if (kind === undefined || bytes.length < 16 || bytes.readUInt32BE(4) !== version) return null
  const from = { token: bytes.readUInt32BE(8), ssrc: bytes.readUInt32BE(12) }
  return kind === 'invitation' || kind === 'accepted'
    ? { kind, ...from, name: nameOf(bytes.subarray(16)) }
    : { kind, ...from }
}

/** Apple writes the number into the upper half of its word; some peers (rtpmidid) into the lower. */
function feedbackOf(bytes: Buffer): AppleMidi | null {
  if (bytes.length < 12) return null
  const sequence = bytes.readUInt16BE(8) || bytes.readUInt16BE(10)
  return { kind: 'feedback', ssrc: bytes.readUInt32BE(4), sequence }
}

function clockOf(bytes: Buffer): AppleMidi | null {
  const count = bytes[8]
  if (bytes.length < 36 || (count !== 0 && count !== 1 && count !== 2)) return null
  const time = (n: number) => bytes.readBigUInt64BE(12 + 8 * n)
  return { kind: 'clock', ssrc: bytes.readUInt32BE(4), count, times: [time(0), time(1), time(2)] }
}

/** Up to its zero byte, without what would not show on a line. */
function nameOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  const text = bytes.subarray(0, Math.min(end === -1 ? bytes.length : end, longestName)).toString()
  return text.replaceAll(/\p{C}/gu, ' ').trim()
}
