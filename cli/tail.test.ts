import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import type { Entry } from './answers.ts'
import { finish, report, standIn, start } from './stand-in.contract.ts'

const head = { log: { head: '0-10' } }

function stream(response: ServerResponse, entries: readonly Entry[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const entry of entries)
    response.write(`id: ${entry.position}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`)
}

void t.test('tail goes on after a broken connection: nothing missing, nothing twice', async (t) => {
  const hub = await standIn(({ url }, response, count) => {
    if (url === '/api/v1/status') response.end(JSON.stringify(head))
    else if (count === 2) {
      stream(response, [report('0-11', 1), report('0-12', 2)])
      // the entries are out before the connection breaks
      response.write('data: {"position":"0-13', () => response.destroy())
    } else stream(response, [report('0-13', 3)])
  })
  t.teardown(() => hub.close())
  const child = start(hub.url, ['tail', '--json'])
  t.teardown(() => child.kill())
  const ended = finish(child)
  if (child.stdout === null) throw new Error('started without pipes')
  let lines = 0
  for await (const _ of createInterface({ input: child.stdout })) if (++lines === 3) break
  child.kill('SIGINT')
  const { code, err } = await ended
  t.equal(code, 0, 'Ctrl-C is a clean end')
  t.match(err, 'trying again after 0-12')
  t.match(err, 'the hub is back')
  t.match(hub.asked[1], { url: '/api/v1/events?after=0-10' }, 'from now on')
  t.match(hub.asked[2], {
    url: '/api/v1/events?after=0-12',
    headers: { 'last-event-id': '0-12', accept: 'text/event-stream' },
  })
})

void t.test('tail says each entry in one line, whatever a device puts into it', async (t) => {
  const hub = await standIn((_, response) => {
    stream(response, [report('0-1', '\u001b[2Jgone\nforged  line'), report('0-2', 2)])
  })
  t.teardown(() => hub.close())
  const child = start(hub.url, ['tail', '--after', 'start'])
  t.teardown(() => child.kill())
  if (child.stdout === null) throw new Error('started without pipes')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout }))
    if (lines.push(line) === 2) break
  child.kill('SIGINT')
  await once(child, 'close')
  t.equal(hub.asked[0]?.url, '/api/v1/events?after=start')
  t.match(
    lines[0],
    /^\d\d:\d\d:\d\d\.\d{3} {2}report {5}mypro input is "\\u001b\[2Jgone\\nforged {2}line"$/,
  )
  t.match(lines[1], /mypro input is 2$/)
})

void t.test('tail into a reader that has seen enough ends cleanly', async (t) => {
  let open = true
  const hub = await standIn((_, response) => {
    stream(response, [])
    const more = () => {
      if (open)
        response.write(`data: ${JSON.stringify(report('0-1', 1))}\n\n`, () => setImmediate(more))
    }
    response.on('close', () => (open = false))
    more()
  })
  t.teardown(() => hub.close())
  const child = start(hub.url, ['tail', '--after', 'start'])
  t.teardown(() => child.kill())
  if (child.stdout === null || child.stderr === null) throw new Error('started without pipes')
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
  t.equal(err, '')
})

void t.test('tail after a position that is none stops and says so', async (t) => {
  const hub = await standIn((_, response) => {
    stream(response, [])
    const problem = { status: 400, code: 'bad-position', detail: 'no entry stands at 0-99' }
    response.end(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`)
  })
  t.teardown(() => hub.close())
  const { code, out, err } = await finish(start(hub.url, ['tail', '--after', '0-99']))
  t.match({ code, out, err }, { code: 1, out: '', err: 'infra: no entry stands at 0-99\n' })
  t.equal(hub.asked.length, 1, 'not tried again')
})
