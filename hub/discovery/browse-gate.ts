import { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'

// What a library of multicast DNS gets in place of a socket. What is heard is hostile, and the library compares every record
// of a packet with every other, and ends the process where its socket has an error: so only packets of a bounded size and
// number of records come through, a bounded number of them in all, and errors are kept.

export interface Gate extends EventEmitter {
  send(
    bytes: Uint8Array,
    offset: number,
    length: number,
    port: number,
    address: string,
    sent?: (error: Error | null) => void,
  ): void
  close(closed?: () => void): void
  /** What went wrong on this network, each thing once. */
  faults(): readonly string[]
  /** Somebody else has heard enough, too. */
  cut(): void
  /** Whether something was not listened to because it was too much. */
  isCut(): boolean
}

/** 9000 bytes: the most that a packet of multicast DNS has (RFC 6762 section 17). */
const mostBytes = 9000
/** 200 records: what a responder says of some dozen services. */
const mostRecords = 200
/** 1000 packets: some hundred machines say less within a minute. */
const mostAnswers = 1000
/** 200 questions a second: a hundred machines that all look at once ask less. */
const mostQuestions = 200
const questionsPerMs = 1000
/** The header of a message (RFC 1035 section 4.1.1): six numbers of 16 bits. */
const headerBytes = 12

export interface GateOptions {
  readonly group: { readonly address: string }
  readonly listen: number
}

/**
 * A socket on one network of this machine. Who looks for others hears `answers`, of which there is an end; who announces
 * hears `questions`, so many in each second. @throws Error where there is none to be had
 */
export async function openGate(
  address: string,
  { group, listen }: GateOptions,
  hears: 'answers' | 'questions' = 'answers',
): Promise<Gate> {
  // beside the system's own service of this kind, which has that port, too
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  const faults = new Set<string>()
  try {
    socket.bind(listen)
    await once(socket, 'listening')
    if (/^2(2[4-9]|3\d)\./.test(group.address)) {
      socket.addMembership(group.address, address)
      socket.setMulticastInterface(address)
      socket.setMulticastTTL(255) // RFC 6762 section 11
    }
  } catch (error) {
    socket.close()
    throw error
  }
  const most = hears === 'answers' ? mostAnswers : mostQuestions
  let left = most
  let since = performance.now()
  let isCut = false
  const gate: Gate = Object.assign(new EventEmitter(), {
    send: (...[bytes, offset, length, port, to, sent]: Parameters<Gate['send']>) =>
      socket.send(bytes, offset, length, port, to, (error) => {
        if (error !== null) faults.add(error.message)
        sent?.(error)
      }),
    close(closed?: () => void) {
      socket.close(closed)
    },
    faults: () => [...faults],
    cut() {
      isCut = true
    },
    isCut: () => isCut,
  })
  socket.on('error', (error) => faults.add(error.message))
  socket.on('message', (bytes, from) => {
    if (kindOf(bytes) !== hears) return
    if (hears === 'questions' && performance.now() - since >= questionsPerMs) {
      since = performance.now()
      left = most
    }
    if (left === 0) isCut = true
    else {
      left--
      hear(gate, bytes, from)
    }
  })
  return gate
}

function hear(gate: Gate, bytes: Buffer, from: object): void {
  try {
    gate.emit('message', bytes, from)
  } catch {
    // a packet that the library falls over says nothing of use; the next is another
  }
}

/** What it is by the first bit of its flags; null where it is larger than one may be. */
function kindOf(bytes: Buffer): 'answers' | 'questions' | null {
  if (bytes.length < headerBytes || bytes.length > mostBytes) return null
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at))
  if (counts.reduce((sum, count) => sum + count, 0) > mostRecords) return null
  return (bytes.readUInt8(2) & 0x80) === 0 ? 'questions' : 'answers'
}
