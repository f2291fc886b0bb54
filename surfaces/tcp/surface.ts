import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Type } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { lineDeframer } from '../../wire/lines.ts'
import { type Answer, ask } from '../ask.ts'
import { misunderstood } from '../asked.ts'
import { parseCommand } from '../command.ts'
import { companionKeys, understood, type Wanted } from '../companion.ts'
import { listenKeys, portKey } from '../listen.ts'
import { chunks, maxUnanswered, openStreams } from '../streams.ts'
import type { Surface } from '../surface.ts'
import { asCompanion, endOfLine, withOutcome } from './answer.ts'

/** 64 KiB: what a datagram could carry too. */
const maxLineBytes = 65_536

const options = Type.Object({
  port: portKey(16_759),
  ...listenKeys,
  ...companionKeys,
  answers: Type.Union([Type.Literal('outcome'), Type.Literal('companion')], {
    default: 'outcome',
    description:
      'outcome: each line is answered with its id and outcome; companion: with what a Companion would say.',
  }),
})

export const surface: Surface<typeof options> = {
  type: 'tcp',
  title: 'Text lines in, over TCP, each answered with its outcome',
  options,
  open: (name, options, host) =>
    openStreams(name, options, {
      async serve(socket, from, gone) {
        const source = `tcp:${from}`
        const asker = { surface: name, operator: options.operator, source }
        const deframer = lineDeframer(maxLineBytes)
        /** The answers that are not written yet, oldest first; each waits for the one before. */
        const unanswered: Promise<void>[] = []
        let last = Promise.resolve()
        const form = options.answers === 'outcome' ? withOutcome : asCompanion
        const reply = async (before: Promise<void>, answer: Promise<Answer>, wanted: Wanted) => {
          const end = await endOfLine(host, await answer, gone)
          await before
          await write(socket, form(end, wanted), gone)
        }
        const take = (wanted: Wanted) => {
          // a line has no patterns: it is one thing that is asked for
          const [asked = misunderstood('nothing')] = understood(wanted, host, options.variables)
          last = reply(last, ask(host, asked, asker), wanted)
          // a connection that is gone rejects all of them; the loop and the last await see it
          last.catch(() => {})
          unanswered.push(last)
        }
        for await (const chunk of chunks(socket))
          for (const line of deframer.push(chunk)) {
            if (line.ok && line.text.trim() === '') continue
            take(line.ok ? parseCommand(line.text) : misunderstood(line.detail))
            // not reading on is what slows down a sender, and one who does not read the answers
            if (unanswered.length >= maxUnanswered) await unanswered.shift()
          }
        const cut = deframer.end()
        // half a line may say something else than the whole one: never carried out
        if (cut !== null) take(misunderstood(cut.detail))
        await last
      },
      turnedAway: (from, detail) => host.rejected(`tcp:${from}`, failed('refused', detail)),
    }),
}

async function write(socket: Socket, line: string, gone: AbortSignal): Promise<void> {
  if (!socket.write(line)) await once(socket, 'drain', { signal: gone })
}
