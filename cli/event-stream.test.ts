import t from 'tap'
import { readEvents, type StreamEvent } from './event-stream.ts'

async function read(chunks: readonly Uint8Array[]): Promise<readonly StreamEvent[]> {
  async function* arriving() {
    yield* chunks
  }
  const events: StreamEvent[] = []
  for await (const event of readEvents(arriving())) events.push(event)
  return events
}

const bytes = (text: string) => new TextEncoder().encode(text)

// the examples of the HTML Standard, section 9.2.6
void t.test('events are read as the HTML Standard says', async (t) => {
  t.strictSame(await read([bytes('data: YHOO\ndata: +2\ndata: 10\n\n')]), [
    { id: '', type: 'message', data: 'YHOO\n+2\n10' },
  ])
  t.strictSame(
    await read([
      bytes(
        ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
      ),
    ]),
    [
      { id: '1', type: 'message', data: 'first event' },
      { id: '', type: 'message', data: 'second event' },
      { id: '', type: 'message', data: ' third event' },
    ],
  )
  t.strictSame(
    await read([bytes('data: whole\n\ndata: torn')]),
    [{ id: '', type: 'message', data: 'whole' }],
    'an event that was cut off is not given',
  )
})

void t.test('it does not matter where the network splits the bytes', async (t) => {
  const whole = bytes(
    'id: 7\r\nevent: entry\r\ndata: {"text":"grün ✓"}\r\n\r\nid: 8\r\ndata: 2\r\n\r\n',
  )
  const expected = [
    { id: '7', type: 'entry', data: '{"text":"grün ✓"}' },
    { id: '8', type: 'message', data: '2' },
  ]
  for (let at = 0; at <= whole.length; at++)
    t.strictSame(await read([whole.slice(0, at), whole.slice(at)]), expected)
  t.strictSame(await read([...whole].map((byte) => Uint8Array.of(byte))), expected)
})

void t.test('a line without end does not fill the memory', async (t) => {
  const endless = Array.from({ length: 9 }, () => new Uint8Array(1024 * 1024).fill(0x61))
  await t.rejects(read(endless), RangeError)
})
