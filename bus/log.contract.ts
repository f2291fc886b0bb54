import t, { type Test } from 'tap'
import { type EventLog, LogError, type Position, type Stored } from './log.ts'

/** What an engine gives the suite: a new, empty log, whose bodies are stamped in their member `at`. */
export type OpenLog = (t: Test) => Promise<EventLog>

const never = new AbortController().signal

/** A body stamped `at`; `rest` is anything. */
export function body(at: number, rest = ''): string {
  return JSON.stringify({ at, rest })
}

/** The bodies of what `lines` yields until it ends. */
export async function bodiesOf(lines: AsyncIterable<Stored>): Promise<string[]> {
  const bodies: string[] = []
  for await (const { body } of lines) bodies.push(body)
  return bodies
}

/** All that a follower gets until it ends. */
export async function linesOf(batches: AsyncIterable<readonly Stored[]>): Promise<Stored[]> {
  const lines: Stored[] = []
  for await (const batch of batches) lines.push(...batch)
  return lines
}

/** What a call that must fail failed with. */
export async function errorOf(failing: Promise<unknown>): Promise<LogError> {
  try {
    await failing
  } catch (error) {
    if (error instanceof LogError) return error
    throw error
  }
  throw new Error('it should have failed, and did not')
}

/** The promises of the `EventLog` port, for every engine. */
export function logContract(engine: string, open: OpenLog): void {
  const test = (name: string, run: (t: Test, log: EventLog) => Promise<void>) => {
    void t.test(`${engine}: ${name}`, async (t) => {
      const log = await open(t)
      try {
        await run(t, log)
      } finally {
        await log.close()
      }
    })
  }

  test('an empty log has no head, no lines and nothing to find', async (t, log) => {
    t.equal(await log.head(), null)
    t.same(await log.tail(10), [])
    t.same(await bodiesOf(log.read(null, never)), [])
    t.equal(await log.before(Date.now()), null)
    t.equal(await log.find('a', null, never), null)
  })

  test('what is appended comes back as the same text, in order', async (t, log) => {
    const bodies = [
      '{"at":1}',
      '',
      ' spaced ',
      'ümläut \u{1f3ac} 片',
      '\u0000\t\r\u2028',
      'x'.repeat(600_000),
    ]
    const positions = await log.append(bodies, 'durable')
    t.same(await bodiesOf(log.read(null, never)), bodies)
    t.equal(await log.head(), positions.at(-1))
    t.same(
      (await log.tail(100)).map((stored) => stored.position),
      positions,
    )
  })

  test('positions grow from line to line and from call to call', async (t, log) => {
    const first = await log.append(
      Array.from({ length: 12 }, (_, i) => body(i)),
      'live',
    )
    const second = await log.append([body(12)], 'durable')
    const all = [...first, ...second]
    for (const [index, position] of all.slice(1).entries()) {
      const before = all[index] as Position // same length, one behind
      t.ok(log.compare(before, position) < 0)
      t.ok(log.compare(position, before) > 0)
    }
    t.equal(log.compare(...([all[3], all[3]] as [Position, Position])), 0)
  })

  test('calls that do not wait for each other are stored in the order they were made', async (t, log) => {
    const calls = Array.from({ length: 500 }, (_, i) => ({
      bodies: Array.from({ length: i % 4 }, (_, j) => body(i, `${j}`)),
      durability: i % 3 === 0 ? ('live' as const) : ('durable' as const),
    }))
    const positions = await Promise.all(
      calls.map(({ bodies, durability }) => log.append(bodies, durability)),
    )
    const stored: Stored[] = []
    for await (const line of log.read(null, never)) stored.push(line)
    t.same(
      stored.map((line) => line.body),
      calls.flatMap(({ bodies }) => bodies),
    )
    t.same(
      stored.map((line) => line.position),
      positions.flat(),
      'each call was told its own',
    )
  })

  test('more lines in one call than a commit takes are stored all together', async (t, log) => {
    const bodies = Array.from({ length: 10_000 }, (_, i) => body(i))
    t.equal((await log.append(bodies, 'durable')).length, bodies.length)
    t.same(await bodiesOf(log.read(null, never)), bodies)
  })

  test('a line is there for readers once its append has resolved', async (t, log) => {
    for (const durability of ['durable', 'live'] as const) {
      const [position] = await log.append([body(1, durability)], durability)
      t.equal(await log.head(), position)
      t.same(
        (await log.tail(1)).map((stored) => stored.body),
        [body(1, durability)],
      )
    }
  })

  test('reading goes on after any position and ends at the head', async (t, log) => {
    const bodies = Array.from({ length: 50 }, (_, i) => body(i))
    const positions = await log.append(bodies, 'live')
    for (const [index, position] of positions.entries())
      t.same(await bodiesOf(log.read(position, never)), bodies.slice(index + 1))
  })

  test('a reader that is told to stop stops', async (t, log) => {
    await log.append(
      Array.from({ length: 50 }, (_, i) => body(i)),
      'live',
    )
    const stop = new AbortController()
    const seen: string[] = []
    for await (const { body } of log.read(null, stop.signal)) {
      seen.push(body)
      if (seen.length === 7) stop.abort()
    }
    t.equal(seen.length, 7)
  })

  test('a follower gets the past, then what comes, and resumes exactly', async (t, log) => {
    const bodies = Array.from({ length: 40 }, (_, i) => body(i))
    await log.append(bodies.slice(0, 10), 'durable')
    const first = await followUntil(log, null, 10)
    const writing = (async () => {
      for (const body of bodies.slice(10))
        await log.append([body], body.length % 2 === 0 ? 'live' : 'durable')
    })()
    const second = await followUntil(log, first.at(-1)?.position ?? null, 25)
    const third = await followUntil(log, second.at(-1)?.position ?? null, 5)
    await writing
    t.same(
      [...first, ...second, ...third].map((stored) => stored.body),
      bodies,
    )
  })

  test('a follower that waits ends when it is told to', async (t, log) => {
    const stop = new AbortController()
    const following = linesOf(log.follow(null, stop.signal))
    await log.append([body(1)], 'live')
    stop.abort()
    t.ok((await following).length <= 1)
  })

  test('the tail is the newest lines, oldest first', async (t, log) => {
    const bodies = Array.from({ length: 30 }, (_, i) => body(i))
    await log.append(bodies, 'live')
    for (const count of [0, 1, 2, 17, 29, 30, 31, 1000])
      t.same(
        (await log.tail(count)).map((stored) => stored.body),
        count === 0 ? [] : bodies.slice(-count),
      )
  })

  test('a moment leads to the newest line that was stamped before it', async (t, log) => {
    const stamps = [10, 20, 20, 30, 30, 30, 40]
    const positions = await log.append(
      stamps.map((at) => body(at)),
      'live',
    )
    for (const at of [0, 10, 11, 20, 25, 30, 31, 40, 41, 1000]) {
      const count = stamps.filter((stamp) => stamp < at).length
      t.equal(await log.before(at), positions[count - 1] ?? null, `before ${at}`)
    }
  })

  test('an id of long ago is found by its text, the first one after a position', async (t, log) => {
    const bodies = Array.from({ length: 3000 }, (_, i) => body(i, `id-${i % 1000}-ü`))
    const positions = await log.append(bodies, 'live')
    t.equal((await log.find('id-700-ü', null, never))?.position, positions[700])
    t.equal((await log.find('id-700-ü', positions[699] ?? null, never))?.position, positions[700])
    t.equal((await log.find('id-700-ü', positions[700] ?? null, never))?.position, positions[1700])
    t.equal(await log.find('id-700-ü', positions[2700] ?? null, never), null)
    t.equal((await log.find('"at":2999,', null, never))?.body, bodies[2999])
    t.equal(await log.find('id-1000-', null, never), null)
    t.equal(await log.find('}\n{', null, never), null, 'a line end is in no line')
    t.equal((await log.find('', positions[4] ?? null, never))?.position, positions[5])
  })

  test('text that would not come back as it went in is refused, and nothing else is', async (t, log) => {
    for (const bad of ['two\nlines', '\ud800 alone'])
      await t.rejects(log.append([body(1), bad], 'durable'), TypeError)
    await log.append([body(2)], 'durable')
    t.same(await bodiesOf(log.read(null, never)), [body(2)])
  })

  test('a position that this log never gave out is an error, not an empty answer', async (t, log) => {
    await log.append([body(1), body(2)], 'durable')
    for (const wrong of ['3', '0', '-1', '1.5', '', 'abc', '99999999999999999999', '1\n']) {
      const position = wrong as Position // what came in an address or a command
      t.equal((await errorOf(bodiesOf(log.read(position, never)))).code, 'position', wrong)
      t.equal((await errorOf(linesOf(log.follow(position, never)))).code, 'position', wrong)
      t.equal((await errorOf(log.find('a', position, never))).code, 'position', wrong)
    }
  })

  test('closing waits for what is under way, and may be asked twice', async (t, log) => {
    const appends = Promise.all([
      log.append([body(1)], 'live'),
      log.append([body(2)], 'durable'),
      log.append([body(3)], 'live'),
    ])
    const following = errorOf(linesOf(log.follow(null, never)))
    await Promise.all([log.close(), log.close()])
    t.equal((await appends).flat().length, 3)
    t.equal((await following).code, 'closed', 'who waits for more is told')
    await log.close()
    t.equal((await errorOf(log.append([body(4)], 'live'))).code, 'closed')
    t.equal((await errorOf(log.head())).code, 'closed')
    t.equal((await errorOf(log.tail(1))).code, 'closed')
    t.equal((await errorOf(log.before(1))).code, 'closed')
    t.equal((await errorOf(log.find('a', null, never))).code, 'closed')
    t.equal((await errorOf(bodiesOf(log.read(null, never)))).code, 'closed')
  })
}

/** The first `count` lines that a follower gets. */
export async function followUntil(
  log: EventLog,
  after: Position | null,
  count: number,
): Promise<readonly Stored[]> {
  const stop = new AbortController()
  const lines: Stored[] = []
  for await (const batch of log.follow(after, stop.signal)) {
    if (batch.length === 0) throw new Error('a follower got a batch of nothing')
    lines.push(...batch)
    if (lines.length >= count) stop.abort()
  }
  return lines.slice(0, count)
}
