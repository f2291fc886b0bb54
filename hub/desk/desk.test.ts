import t, { type Test } from 'tap'
import { openMemoryLog } from '../../bus/log-memory/log.ts'
import { openDesk, openTestCore, type TestCore } from '../core.contract.ts'
import { keys, openTestDesk, type TestPanel } from './desk.contract.ts'

const config = `
site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
  other: { protocol: osc, host: 127.0.0.1, port: 9 }
surfaces:
  sat:
    type: satellite
    port: 0
    panel: { brightness: 70 }
    panels:
      LOCKED: { lock: { pin: "2468", after: 1m } }
      NARROW: { pages: [1, 3], devices: [other], operator: bob, whenLost: dark }
pages:
  1:
    0/0: { text: GO, press: { fire: desk, action: /go } }
    0/1: { text: TALK, press: { fire: desk, action: /on }, release: { fire: desk, action: /off } }
    0/2: { text: NEXT, page: next }
    0/3: { text: VOL, rotateLeft: { fire: desk, action: /less }, rotateRight: { fire: desk, action: /more } }
    0/4: { text: LEVEL, fader: { device: desk, path: /level, from: -60, to: 0 } }
    1/0: { text: OTHER, press: { fire: other, action: /go } }
    1/1: { text: MANY, press: { run: both } }
  2:
    0/0: { text: TWO, press: { fire: other, action: /two } }
  3:
    0/0: { text: THREE, press: { fire: other, action: /three } }
macros:
  both:
    onFailure: stop
    steps: [ { fire: other, action: /a }, { fire: desk, action: /b } ]
`

async function open(t: Test) {
  const { port } = await openDesk(t)
  const core = await openTestCore(t, { config: config.replaceAll('port: 9', `port: ${port}`) })
  return { core, ...openTestDesk(t, core) }
}

/** What is recorded: the actions in their order, with a mark for what was refused. */
async function recorded(core: TestCore): Promise<readonly string[]> {
  return (await core.entries()).flatMap(({ event }) => {
    if (event.type !== 'IntentAccepted' && event.type !== 'IntentRefused') return []
    const { intent, actor } = event.submission
    const what = 'action' in intent ? intent.action : 'path' in intent ? intent.path : intent.verb
    const who = actor.type === 'operator' ? `${actor.id} ${actor.control}` : actor.type
    return [`${event.type === 'IntentRefused' ? 'no ' : ''}${what} ${who}`]
  })
}

const drawnAll = (panel: TestPanel, count: number) =>
  panel.until('all keys are drawn', () => panel.shown.size === count)

void t.test(
  'a panel can have one of its keys drawn again, for what it shows of it by itself',
  async (t) => {
    const { join } = await open(t)
    const { panel, seat } = join()
    await drawnAll(panel, 15)
    panel.drawn.length = 0
    seat.redraw({ row: 0, col: 1 })
    seat.redraw({ row: 30, col: 30 })
    await panel.until('it is drawn', () => panel.drawn.length > 0)
    t.strictSame(
      panel.drawn.map(({ at, face }) => [at, face.text]),
      [['0/1', 'TALK']],
    )
  },
)

void t.test('a panel is drawn its page, and a press is recorded with who pressed it', async (t) => {
  const { core, join } = await open(t)
  const { panel, press } = join()
  await drawnAll(panel, 15)
  t.strictSame(panel.told, ['brightness 70', 'page 1'])
  t.equal(panel.text('0/0'), 'GO')
  t.equal(panel.text('2/4'), '')
  t.match(await press({ row: 0, col: 0 }), { ok: true, ids: { length: 1 } })
  t.match(await press({ row: 2, col: 2 }), { ok: false, code: 'not-found' })
  t.strictSame(await recorded(core), ['/go CL1 1/0/0'])
  await panel.until('it was sent', () => panel.shown.get('0/0')?.state.is === 'sent')
})

void t.test('200 presses in one moment are 200 in the record, in their order', async (t) => {
  const { core, join } = await open(t)
  const { say } = join()
  const answers = Array.from({ length: 100 }, () => [
    say({ type: 'press', row: 0, col: 0 }),
    say({ type: 'rotate', row: 0, col: 3, steps: 1 }),
  ])
  await Promise.all(answers.flat())
  const all = await recorded(core)
  t.equal(all.length, 200)
  t.ok(all.every((what, i) => what === (i % 2 === 0 ? '/go CL1 1/0/0' : '/more CL1 1/0/3')))
})

void t.test(
  'a panel that never stops costs the memory of so many gestures, and says so',
  async (t) => {
    const { core, join } = await open(t)
    const { say } = join()
    const answers = Array.from({ length: 12_000 }, () => say({ type: 'press', row: 0, col: 0 }))
    const all = await Promise.all(answers)
    t.equal(all.filter(({ ok }) => ok).length, 10_000)
    t.match(all.at(-1), { ok: false, code: 'not-recorded', detail: /10000 gestures .* wait/ })
    t.equal((await recorded(core)).length, 10_000, 'control: these were recorded')
    t.match(await say({ type: 'press', row: 0, col: 0 }), { ok: true }, 'and then it goes on')
  },
)

void t.test('an encoder that turned three steps is three gestures', async (t) => {
  const { core, join } = await open(t)
  const { say } = join()
  t.match(await say({ type: 'rotate', row: 0, col: 3, steps: -3 }), { ids: { length: 3 } })
  t.match(await say({ type: 'rotate', row: 0, col: 3, steps: 1e9 }), { code: 'malformed' })
  t.match(await say({ type: 'rotate', row: 0, col: 3, steps: NaN }), { code: 'malformed' })
  t.strictSame(
    await recorded(core),
    Array.from({ length: 3 }, () => '/less CL1 1/0/3'),
  )
})

void t.test('a fader sets a value on its way', async (t) => {
  const { core, join } = await open(t)
  const { say } = join()
  await say({ type: 'fader', row: 0, col: 4, position: 0.5 })
  t.match(await say({ type: 'fader', row: 0, col: 4, position: 1.5 }), { code: 'malformed' })
  const [set] = (await core.entries()).flatMap(({ event }) =>
    event.type === 'IntentAccepted' ? [event.submission.intent] : [],
  )
  t.strictSame(set, { verb: 'set', device: 'desk', path: '/level', value: -30 })
})

void t.test(
  'pages turn by a key of the grid, by the panel itself, and round the corner',
  async (t) => {
    const { core, join } = await open(t)
    const { panel, press, say } = join()
    await drawnAll(panel, 15)
    await press({ row: 0, col: 2 })
    await panel.until('page two', () => panel.text('0/0') === 'TWO')
    await say({ type: 'page', to: 'next' })
    await say({ type: 'page', to: 'next' })
    await panel.until('page one', () => panel.text('0/0') === 'GO')
    await say({ type: 'page', to: 'previous' })
    await panel.until('page three', () => panel.text('0/0') === 'THREE')
    t.match(await say({ type: 'page', to: 9 }), { ok: false, code: 'not-allowed' })
    await say({ type: 'page', to: 2 })
    t.strictSame(
      panel.told.filter((what) => what.startsWith('page')),
      ['page 1', 'page 2', 'page 3', 'page 1', 'page 3', 'page 2'],
    )
    t.strictSame(await recorded(core), [], 'turning pages is no intent')
  },
)

void t.test('a page is turned from elsewhere, also behind a lock', async (t) => {
  const { desk, join } = await open(t)
  const { panel } = join()
  await drawnAll(panel, 15)
  t.match(
    desk.seatOf('CL1')?.turn(3, () => true),
    { ok: true },
  )
  await panel.until('page three', () => panel.text('0/0') === 'THREE')
  t.match(
    desk.seatOf('CL1')?.turn(9, () => true),
    { ok: false, code: 'not-allowed' },
  )
  t.equal(desk.seatOf('ghost'), undefined)
  const locked = join({ id: 'LOCKED', ownsPin: true })
  t.match(
    desk.seatOf('LOCKED')?.turn('next', () => true),
    { ok: true },
  )
  t.ok(locked.panel.told.includes('page 2'))
  for (const digit of [2, 4, 6, 8]) await locked.say({ type: 'digit', digit })
  await locked.panel.until('page two', () => locked.panel.text('0/0') === 'TWO')
})

void t.test('a key that is held while the page turns is let go where it was pressed', async (t) => {
  const { core, join } = await open(t)
  const { say, seat } = join()
  await say({ type: 'down', row: 0, col: 1 })
  await say({ type: 'page', to: 2 })
  await say({ type: 'up', row: 0, col: 1 })
  await say({ type: 'up', row: 0, col: 1 })
  t.strictSame(await recorded(core), ['/on CL1 1/0/1', '/off CL1 1/0/1'])
  await say({ type: 'page', to: 1 })
  await say({ type: 'down', row: 0, col: 1 })
  seat.leave()
  await core.until('let go', () => core.core.room.deliveries.state.intents.size === 4)
  t.equal((await recorded(core)).at(-1), '/off CL1 1/0/1', 'so is one that was unplugged')
})

void t.test('a panel that comes back shows the page that it showed', async (t) => {
  const { join } = await open(t)
  const { say, seat } = join()
  await say({ type: 'page', to: 3 })
  seat.leave()
  const { panel } = join({ source: 'test:127.0.0.1:2' })
  await panel.until('page three', () => panel.text('0/0') === 'THREE')
})

void t.test('a panel is on the page that it showed after the hub was restarted', async (t) => {
  const { port } = await openDesk(t)
  const site = { config: config.replaceAll('port: 9', `port: ${port}`), log: openMemoryLog() }
  const before = await openTestCore(t, site)
  const old = openTestDesk(t, before)
  const { say } = old.join()
  await say({ type: 'page', to: 2 })
  await say({ type: 'page', to: 3 })
  await old.join({ id: 'CL2' }).say({ type: 'page', to: 2 })
  await old.desk.close()
  await before.stop()
  const turned = (await before.entries()).flatMap(({ event }) =>
    event.type === 'PageTurned' ? [`${event.surface} ${event.panel} ${event.page}`] : [],
  )
  t.strictSame(turned, ['sat CL1 2', 'sat CL2 2', 'sat CL1 3'])
  const { join } = openTestDesk(t, await openTestCore(t, site))
  const { panel } = join()
  await panel.until('page three', () => panel.text('0/0') === 'THREE')
  const other = join({ id: 'CL2' })
  await other.panel.until('page two', () => other.panel.text('0/0') === 'TWO')
  // control: one that never turned a page begins with the first
  const new_ = join({ id: 'CL3' })
  await new_.panel.until('page one', () => new_.panel.text('0/0') === 'GO')
})

void t.test('who leafs through the pages fills no journal', async (t) => {
  const { core, join } = await open(t)
  const { say } = join()
  for (let n = 0; n < 100; n++) await say({ type: 'page', to: 'next' })
  const turned = async () =>
    (await core.entries()).flatMap(({ event }) => (event.type === 'PageTurned' ? event.page : []))
  await core.until('the first is recorded', () => core.core.room.pages.state.size === 1)
  t.strictSame(await turned(), [2])
  core.clock.advance(1000)
  await core.until(
    'the last is recorded',
    () => core.core.room.pages.state.get('sat CL1')?.page === 1 + (100 % 3),
  )
  t.strictSame(await turned(), [2, 1 + (100 % 3)])
})

void t.test(
  'of two panels with one identity the newest counts, and the other is told',
  async (t) => {
    const { core, desk, join } = await open(t)
    const first = join()
    const second = join({ source: 'test:10.0.0.9:1' })
    t.equal(first.panel.end, 'replaced')
    t.match(first.panel.endDetail, /joined as CL1 from test:10\.0\.0\.9:1/)
    t.match(await first.press({ row: 0, col: 0 }), { ok: false, code: 'ended' })
    t.match(await second.press({ row: 0, col: 0 }), { ok: true })
    first.seat.leave()
    t.equal(desk.count(), 1, 'the old one takes nothing with it')
    t.strictSame(await recorded(core), ['/go CL1 1/0/0'])
  },
)

void t.test(
  'a panel touches only its pages and devices, and the record says who tried',
  async (t) => {
    const { core, join } = await open(t)
    const { panel, press, say } = join({ id: 'NARROW' })
    t.match(await press({ row: 0, col: 0 }), { ok: false, code: 'not-allowed' })
    t.match(await press({ row: 1, col: 0 }), { ok: true })
    t.match(await press({ row: 1, col: 1 }), { code: 'not-allowed' }, 'nor through a macro')
    t.match(await say({ type: 'set', device: 'desk', path: '/x', value: 1 }), {
      code: 'not-allowed',
    })
    await say({ type: 'page', to: 'next' })
    await panel.until('page two is not its', () => panel.text('0/0') === 'THREE')
    t.match(await say({ type: 'page', to: 2 }), { code: 'not-allowed' })
    t.strictSame(await recorded(core), [
      'no /go bob 1/0/0',
      '/go bob 1/1/0',
      'no run bob 1/1/1',
      'no /x bob /x',
    ])
  },
)

void t.test('a locked panel shows a keypad, and nothing else works', async (t) => {
  const { core, join } = await open(t)
  const { panel, press, say } = join({ id: 'LOCKED', controls: keys(4, 4) })
  await drawnAll(panel, 16)
  t.strictSame(
    ['0/0', '0/1', '0/2', '1/0', '2/2', '3/1'].map((at) => panel.text(at)),
    ['7', '8', '9', '4', '3', '0'],
  )
  t.match(panel.text('0/3'), /LOCKED/)
  t.match(await press({ row: 3, col: 3 }), { ok: false, code: 'locked' })
  t.match(await say({ type: 'rotate', row: 0, col: 3, steps: 1 }), { code: 'locked' })
  t.match(await say({ type: 'page', to: 2 }), { code: 'locked' })
  for (const [row, col] of [
    [2, 1],
    [1, 0],
    [1, 2],
    [0, 1],
  ] as const)
    await press({ row, col })
  await panel.until('it is open', () => panel.text('0/0') === 'GO')
  t.strictSame(await recorded(core), [], 'a PIN leaves no trace in the record')
  t.match(await press({ row: 0, col: 0 }), { ok: true })
  core.clock.advance(59_000)
  await press({ row: 0, col: 0 })
  core.clock.advance(59_000)
  t.match(await press({ row: 0, col: 0 }), { ok: true }, 'a hand on it keeps it open')
  core.clock.advance(60_000)
  t.match(await press({ row: 3, col: 3 }), { ok: false, code: 'locked' })
  await panel.until('it is locked', () => panel.text('0/0') === '7')
})

void t.test('a panel with keys of its own for the PIN is told how many were typed', async (t) => {
  const { join } = await open(t)
  const { panel, say } = join({ id: 'LOCKED', ownsPin: true })
  await drawnAll(panel, 15)
  for (const digit of [2, 4, 6]) await say({ type: 'digit', digit })
  await say({ type: 'digit', digit: 8 })
  t.strictSame(panel.told.slice(2), ['locked 0', 'locked 1', 'locked 2', 'locked 3', 'open'])
})

void t.test(
  'after five wrong PINs nobody is listened to for a minute, reconnected or not',
  async (t) => {
    const { core, join } = await open(t)
    const first = join({ id: 'LOCKED', ownsPin: true })
    const type = async (say: typeof first.say, pin: string) => {
      const answers = []
      for (const digit of pin) answers.push(await say({ type: 'digit', digit: Number(digit) }))
      return answers.at(-1)
    }
    for (let i = 0; i < 5; i++) t.match(await type(first.say, '1111'), { code: 'locked' })
    first.seat.leave()
    const { say } = join({ id: 'LOCKED', ownsPin: true })
    t.match(await type(say, '2468'), { ok: false, detail: /too many wrong PINs/ })
    core.clock.advance(60_000)
    t.match(await type(say, '2468'), { ok: true })
    const told = (await core.entries()).flatMap(({ event }) =>
      event.type === 'AccessRefused' ? [event.detail] : [],
    )
    t.match(told[0], /wrong PIN at Stream Deck LOCKED/)
  },
)

void t.test(
  'a panel that was open is open after a wobbling cable, and locked for a stranger',
  async (t) => {
    const { core, join } = await open(t)
    const again = () => join({ id: 'LOCKED', ownsPin: true })
    const first = again()
    for (const digit of [2, 4, 6, 8]) await first.say({ type: 'digit', digit })
    first.seat.leave()
    const second = again()
    t.match(await second.press({ row: 0, col: 0 }), { ok: true })
    second.seat.leave()
    const stranger = join({ id: 'LOCKED', ownsPin: true, source: 'test:10.0.0.9:1' })
    t.match(await stranger.press({ row: 0, col: 0 }), { code: 'locked' })
    for (const digit of [2, 4, 6, 8]) await stranger.say({ type: 'digit', digit })
    const thief = join({ id: 'LOCKED', ownsPin: true, source: 'test:10.0.0.9:2' })
    t.match(await thief.press({ row: 0, col: 0 }), { code: 'locked' }, 'who takes a seat is locked')
    for (const digit of [2, 4, 6, 8]) await thief.say({ type: 'digit', digit })
    thief.seat.leave()
    core.clock.advance(30_000)
    t.match(
      await join({ id: 'LOCKED', ownsPin: true, source: 'test:10.0.0.9:3' }).press({
        row: 0,
        col: 0,
      }),
      {
        code: 'locked',
      },
    )
  },
)

void t.test('what was held when a panel locked is let go', async (t) => {
  const { core, join } = await open(t)
  const { say } = join({ id: 'LOCKED', ownsPin: true })
  for (const digit of [2, 4, 6, 8]) await say({ type: 'digit', digit })
  await say({ type: 'down', row: 0, col: 1 })
  core.clock.advance(60_000)
  await say({ type: 'up', row: 0, col: 1 })
  t.strictSame(await recorded(core), ['/on LOCKED 1/0/1', '/off LOCKED 1/0/1'])
})

void t.test('while a panel draws slowly, only the newest face of a key is kept', async (t) => {
  const { core, join } = await open(t)
  const { panel, say } = join({ controls: keys(1, 1) })
  await drawnAll(panel, 1)
  let go = () => {}
  panel.stalled = new Promise((resolve) => (go = resolve))
  const before = panel.drawn.length
  for (let i = 0; i < 100; i++) t.match(await say({ type: 'press', row: 0, col: 0 }), { ok: true })
  t.equal((await recorded(core)).length, 100, 'no press waited for it')
  t.ok(panel.drawn.length - before <= 1)
  panel.stalled = null
  go()
  await panel.until('the last', () => panel.shown.get('0/0')?.state.is === 'sent')
  t.ok(panel.drawn.length - before <= 3, `${panel.drawn.length - before} drawings`)
})

void t.test('a panel that cannot be is turned away with the reason', async (t) => {
  const { join, desk } = await open(t)
  const [key] = keys(1, 1)
  const cases = [
    [{ id: '' }, /needs an identity/],
    [{ id: 'a\nb' }, /needs an identity/],
    [{ controls: keys(40, 40) }, /1024 controls at most/],
    [{ controls: key === undefined ? [] : [key, key] }, /two controls .* at one spot/],
    [{ controls: key === undefined ? [] : [{ ...key, row: -1 }] }, /no row and column/],
  ] as const
  for (const [panel, why] of cases) {
    const { panel: told, say } = join(panel)
    t.equal(told.end, 'refused')
    t.match(told.endDetail, why)
    t.match(await say({ type: 'press', row: 0, col: 0 }), { code: 'ended' })
  }
  t.equal(desk.count(), 0)
})

void t.test('when the hub stops, a panel shows what its config says', async (t) => {
  const { desk, join } = await open(t)
  const standard = join()
  const dark = join({ id: 'NARROW' })
  await drawnAll(standard.panel, 15)
  await drawnAll(dark.panel, 15)
  await desk.close()
  t.equal(standard.panel.text('0/0'), 'NO HUB')
  t.equal(dark.panel.text('0/0'), '')
  t.equal(standard.panel.end, 'hub-lost')
  t.equal(dark.panel.end, 'hub-lost')
})

void t.test('a press that cannot be recorded says so on its key', async (t) => {
  const { core, join } = await open(t)
  const { panel, press } = join()
  await drawnAll(panel, 15)
  core.die()
  t.match(await press({ row: 0, col: 0 }), { ok: false, code: 'not-recorded' })
  await panel.until('it is red', () => panel.shown.get('0/0')?.state.is === 'failed')
  t.match(panel.shown.get('0/0')?.state, { reason: /not recorded, so nothing was done/ })
})
