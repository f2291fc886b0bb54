import { Type } from 'typebox'
import { failed } from '../../intents/failure.ts'
import { lineDeframer } from '../../wire/lines.ts'
import { ask } from '../ask.ts'
import { misunderstood } from '../asked.ts'
import { listenKeys, portKey } from '../listen.ts'
import { chunks, maxUnanswered, openStreams } from '../streams.ts'
import type { Surface } from '../surface.ts'
import { bareCommand, parseRossTalk, withLineFeeds } from './command.ts'

/** A command has some ten characters. */
const maxLineBytes = 1024

const options = Type.Object({ port: portKey(7788), ...listenKeys })

export const surface: Surface<typeof options> = {
  type: 'rosstalk',
  title: 'RossTalk presses in, as Companion takes them',
  options,
  open: (name, options, host) =>
    openStreams(name, options, {
      async serve(socket, from) {
        const source = `rosstalk:${from}`
        const asker = { surface: name, operator: options.operator, source }
        const deframer = lineDeframer(maxLineBytes)
        const waiting: Promise<unknown>[] = []
        for await (const chunk of chunks(socket))
          for (const line of deframer.push(withLineFeeds(chunk))) {
            if (line.ok && bareCommand(line.text) === '') continue
            const asked = line.ok ? parseRossTalk(line.text) : misunderstood(line.detail)
            waiting.push(ask(host, asked, asker))
            // not reading on is what slows down a sender
            if (waiting.length >= maxUnanswered) await waiting.shift()
          }
        const cut = deframer.end()
        // half a line may name another control than the whole one: never carried out
        if (cut !== null) host.rejected(source, failed('malformed', cut.detail))
      },
      turnedAway: (from, detail) => host.rejected(`rosstalk:${from}`, failed('refused', detail)),
    }),
}
