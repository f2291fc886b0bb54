import t from 'tap'
import { once } from 'node:events'
import { connect } from 'node:net'
import { opened, stalled } from './open.contract.ts'

/** Reads a stream of server-sent events until `enough` is in the text; then lets go. */
async function readUntil(url: string, enough: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes(enough)) break
  }
  stop.abort()
  return { response, text, ids: [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => Number(id)) }
}

void t.test(
  'the journal comes as events with its positions, after the place that was named',
  async (t) => {
    const { url, record } = await opened(t)
    record(5)
    const { response, text, ids } = await readUntil(`${url}/api/v1/events?after=2`, 'id: 5\n')
    t.match(response.headers.get('content-type'), 'text/event-stream')
    t.equal(response.headers.get('cache-control'), 'no-store')
    t.match(response.headers.get('content-security-policy'), "default-src 'self'")
    t.match(text, /^retry: 1000\n\n/)
    t.strictSame(ids, [3, 4, 5])
    const data = /^data: (.*)$/m.exec(text)?.[1] ?? ''
    t.match(JSON.parse(data), {
      position: '3',
      hub: 'hub-a',
      hseq: 3,
      event: { type: 'DeviceReported' },
    })
    t.notMatch(text, /^event:/m, 'the default event name')
  },
)

void t.test(
  'a reader that comes back goes on where it was, whatever its first address said',
  async (t) => {
    const { url, record } = await opened(t)
    record(5)
    const headers = { 'last-event-id': '4' }
    const { ids } = await readUntil(`${url}/api/v1/events?after=1`, 'id: 5\n', headers)
    t.strictSame(ids, [5])
    const whole = await readUntil(`${url}/api/v1/events?after=start`, 'id: 5\n')
    t.strictSame(whole.ids, [1, 2, 3, 4, 5])
  },
)

void t.test('without a place the journal starts now', async (t) => {
  const { url, record, counts } = await opened(t)
  record(3)
  const stop = new AbortController()
  const response = await fetch(`${url}/api/v1/events`, { signal: stop.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader?.read())?.value ?? ''
  t.equal(counts.openReaders, 1)
  record(1)
  while (!text.includes('\ndata:')) text += (await reader?.read())?.value ?? ''
  t.match(text, /id: 4\n/)
  t.notMatch(text, /id: [123]\n/)
  stop.abort()
})

void t.test('a silent line shows that it is alive', async (t) => {
  const { url } = await opened(t, { heartbeatMs: 10 })
  const { text } = await readUntil(`${url}/api/v1/events`, ': \n\n: \n\n')
  t.match(text, /^retry: 1000\n\n(: \n\n)+$/)
})

void t.test('a place that is none is refused before the stream begins', async (t) => {
  const { url } = await opened(t)
  const response = await fetch(`${url}/api/v1/events?after=nowhere`)
  t.equal(response.status, 400)
  t.match(await response.json(), { code: 'bad-position', field: 'after' })
})

void t.test(
  'a reader that does not read costs one buffer, and misses nothing once it reads',
  async (t) => {
    const { url, port, record, counts } = await opened(t)
    const total = 200_000
    record(total)
    const socket = connect(port, '127.0.0.1')
    socket.pause()
    await once(socket, 'connect')
    socket.write('GET /api/v1/events?after=start HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const before = await stalled(url, counts)
    t.ok(before < total / 2, `${before} of ${total} entries were asked for`)
    let rest = ''
    let seen = 0
    socket.setEncoding('latin1')
    for await (const chunk of socket) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const id = /^id: (\d+)$/.exec(line)?.[1]
        if (id !== undefined && Number(id) === seen + 1) seen++
      }
      if (seen === total) break
    }
    t.equal(seen, total, 'every entry came, in order')
  },
)

void t.test(
  'readers that have gone are let go, and a closing server ends its streams',
  async (t) => {
    const { url, record, counts, server } = await opened(t)
    record(1)
    await readUntil(`${url}/api/v1/events?after=start`, 'id: 1\n')
    while (counts.openReaders > 0) await new Promise((resolve) => setImmediate(resolve))
    t.equal(counts.openReaders, 0)
    const stays = await fetch(`${url}/api/v1/events?after=start`)
    const body = stays.text().catch(() => 'cut')
    t.equal(counts.openReaders, 1)
    await server.close()
    await body
    while (counts.openReaders > 0) await new Promise((resolve) => setImmediate(resolve))
    t.equal(counts.openReaders, 0)
  },
)
