import { Type } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { askUnpaced } from '../ask.ts'
import { misunderstood } from '../asked.ts'
import { parseCommand } from '../command.ts'
import { companionKeys, understood, type Wanted } from '../companion.ts'
import { openDatagrams } from '../datagrams.ts'
import { listenKeys, portKey } from '../listen.ts'
import type { Surface } from '../surface.ts'

const options = Type.Object({ port: portKey(16_759), ...listenKeys, ...companionKeys })
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const surface: Surface<typeof options> = {
  type: 'udp',
  title: 'Text lines in, over UDP, without answers',
  options,
  open(name, options, host) {
    const pass = askUnpaced(host)
    return openDatagrams(name, options, {
      received(bytes, from) {
        const asker = { surface: name, operator: options.operator, source: `udp:${from}` }
        for (const wanted of inDatagram(bytes))
          for (const asked of understood(wanted, host, options.variables)) pass(asked, asker)
      },
      turnedAway: (from, detail) => host.rejected(`udp:${from}`, failed('refused', detail)),
      fault: (error) => host.rejected(`udp:${name}`, failed('unreachable', error.message)),
    })
  },
}

/** What a datagram asks for: one line or several; the last needs no line end, because a datagram comes whole. */
function inDatagram(bytes: Buffer): readonly Wanted[] {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    // the decoder's TypeError says no more than this does
    return [misunderstood('datagram is not UTF-8')]
  }
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').map((line) => parseCommand(line))
}
