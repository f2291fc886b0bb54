import type { Test } from 'tap'
import { openPair, type Address, type Port } from '../../wire/rtp-pair.ts'

/** A relay of the test between an inviter and a peer: every packet of the data port towards the peer is `judge`d. */
export interface Relay {
  /** Where the inviter finds it. */
  readonly port: number
  /** Packets of RTP towards the peer so far, and how many of them were kept back. */
  readonly passed: () => number
  readonly dropped: () => number
}

/** Packets of the session begin with FF FF; only MIDI is ever lost here. */
const isRtp = (bytes: Buffer) => bytes[0] !== 0xff

/**
 * @param loses whether the n-th packet of RTP towards the peer, from 0, is lost
 */
export async function relayTo(
  t: Test,
  peerPort: number,
  loses: (n: number, bytes: Buffer) => boolean,
): Promise<Relay> {
  const inviter: Partial<Record<Port, Address>> = {}
  let seen = 0
  let dropped = 0
  const host = '127.0.0.1'
  // a peer that is gone is the test's business
  const failed = () => {}
  const back = await openPair(
    { address: host, port: 0 },
    { address: host, port: peerPort },
    {
      got: (which, bytes) => {
        const to = inviter[which]
        if (to !== undefined) front.send(which, bytes, to, () => {})
      },
      failed,
    },
  )
  const front = await openPair({ address: host, port: 0 }, null, {
    got: (which, bytes, from) => {
      inviter[which] = from
      if (isRtp(bytes) && loses(seen++, bytes)) dropped++
      else back.send(which, bytes, null, () => {})
    },
    failed,
  })
  t.teardown(() => {
    front.close()
    back.close()
  })
  return { port: front.port, passed: () => seen - dropped, dropped: () => dropped }
}
