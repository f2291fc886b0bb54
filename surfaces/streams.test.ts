import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { chunks, openStreams } from './streams.ts'

void t.test(
  'what one connection says at once is taken in pieces, and others are heard between them',
  async (t) => {
    const said = Buffer.alloc(200_000, 'line\n')
    const got: Buffer[] = []
    /** How many pieces had been taken at each turn of the event loop. */
    const turns = new Set<number>()
    let over = false
    const opened = await openStreams(
      'lines',
      { host: '127.0.0.1', port: 0, insecure: false },
      {
        async serve(socket) {
          for await (const piece of chunks(socket)) got.push(piece)
          over = true
        },
        turnedAway() {},
      },
    )
    t.teardown(() => opened.close())
    const socket = connect(Number(opened.address.split(':').at(-1)), '127.0.0.1')
    await once(socket, 'connect')
    socket.end(said)
    while (!over) {
      await turn()
      turns.add(got.length)
    }
    t.ok(Buffer.concat(got).equals(said), 'all of it, in its order')
    t.ok(
      got.every(({ length }) => length <= 4096),
      'no piece is large',
    )
    t.ok(turns.size > got.length / 2, `${turns.size} turns for ${got.length} pieces`)
  },
)
