import t from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { adapter } from './adapter.ts'
import { bytesOf } from './command.ts'
import { simulate } from './simulator.ts'

const device = 'desk' as DeviceId // any name will do
const options = { host: '127.0.0.1', port: 9, transport: 'udp' } as const

/** The bytes of a fire, as text with `.` for NUL; or why not. */
function fire(action: string, args: Json): string {
  const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
  return plan.ok ? shown(bytesOf(plan.command, now)) : plan.failure.detail
}

function set(path: string, value: Json): string {
  const plan = adapter.plan({ verb: 'set', device, path, value }, options, new Map())
  return plan.ok ? shown(bytesOf(plan.command, now)) : plan.failure.detail
}

/** 2016-01-01T00:00:00.500Z. */
const now = 1_451_606_400_500

const shown = (bytes: Buffer) => bytes.toString('latin1').replaceAll('\0', '.')

void t.test('an address and its arguments become one message', async (t) => {
  // by the examples' rules of OSC 1.0: strings end with NUL, padded to 4; int32 big-endian
  t.equal(fire('/go', null), '/go.,...')
  t.equal(fire('/go', {}), '/go.,...')
  t.equal(fire('/go', 1), '/go.,i..\u2026'.slice(0, 8) + '...\u0001')
  t.equal(fire('/go', ['a', 'b']), '/go.,ss.a...b...')
  t.equal(fire('/go', { args: ['a'] }), '/go.,s..a...')
  t.equal(fire('/go', { type: 'f', value: 1 }), '/go.,f..\u003f\u0080..', 'an exact type')
  t.equal(set('go', 'a'), '/go.,s..a...', 'a path without its slash')
  t.equal(set('/go', [true, null]), '/go.,TN.', 'a list is several arguments')
})

void t.test('what OSC cannot say is refused with the reason', async (t) => {
  t.match(fire('go', 1), /starts with \//)
  t.match(fire('/a\0b', 1), /NUL/)
  t.match(fire('/go', { n: 1 }), /"type": one of/)
  t.match(fire('/go', { type: 'i', value: 0.5 }), /0.5 is not an int32/)
})

const go = { address: '/go' }

void t.test('a bundle carries its messages and its time, as OSC 1.0 has it', async (t) => {
  const hex = (args: Json) => {
    const plan = adapter.plan({ verb: 'fire', device, action: 'bundle', args }, options, new Map())
    return plan.ok ? bytesOf(plan.command, now).toString('hex') : plan.failure.detail
  }
  const head = '2362756e646c6500'
  const message = '000000082f676f002c000000'
  t.equal(hex({ messages: [go] }), `${head}0000000000000001${message}`, 'at once')
  // NTP's seconds of 2016-01-01 are 3660595200, da304000
  const half = `${head}da30400080000000`
  t.equal(hex({ messages: [go, go], inMs: 0 }), `${half}${message}${message}`)
  t.equal(hex({ messages: [], atMs: now }), half)
  t.equal(hex({ messages: [], inMs: 500 }), `${head}da30400100000000`)
  t.equal(
    hex({ messages: [{ messages: [go], atMs: now }] }),
    `${head}00000000000000010000001c${half}${message}`,
    'a bundle in a bundle, with its size',
  )
})

void t.test('a bundle or query that is none is refused by the name of what is wrong', async (t) => {
  const nested = (depth: number): Json => ({
    messages: depth === 1 ? [go] : [nested(depth - 1)],
  })
  t.match(fire('bundle', nested(8)), /^#bundle/, 'control')
  for (const [args, wanted] of [
    [nested(9), /nest at most 8/],
    [null, /expected .*messages/],
    [{ messages: [{}] }, /"messages"/],
    [{ messages: [{ address: 'go' }] }, /starts with \//],
    [{ messages: [{ ...go, args: [{ type: 'i', value: 'x' }] }] }, /argument/],
    [{ messages: [go], inMs: -1 }, /"inMs"/],
    [{ messages: [go], atMs: 0.5 }, /"atMs"/],
    [{ messages: [go], inMs: 1, atMs: 1 }, /not both/],
    [{ messages: [go], when: 1 }, /"when" is not known/],
    [{ messages: Array.from({ length: 1001 }, () => go) }, /at most 1000/],
  ] as const)
    t.match(fire('bundle', args), wanted, JSON.stringify(args).slice(0, 80))
  t.match(fire('query', { address: 'x' }), /reply/)
  t.match(fire('query', { address: '/x', reply: 1 }), /"reply"/)
  t.match(fire('query', { ...go, n: 1 }), /"n" is not known/)
  t.match(fire('qery', null), /near: .*query/)
})

for (const transport of ['udp', 'tcp-slip', 'tcp-length'] as const)
  void t.test(`what the device sends over ${transport} is reported`, async (t) => {
    const desk = await simulate({ transport })
    const reports: unknown[] = []
    let wake = () => {}
    const link = adapter.open(
      { host: desk.host, port: desk.port, transport },
      {
        report(path, value) {
          reports.push([path, value])
          if (reports.length === 4) wake()
        },
        changed: () => {},
        picture: () => {},
        barred: () => null,
      },
    )
    t.teardown(async () => {
      await link.close()
      await desk.close()
    })
    const all = new Promise<void>((resolve) => {
      wake = resolve
    })
    const send = (action: string, args: Json) => {
      const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
      return plan.ok ? link.send(plan.command, AbortSignal.timeout(5000)) : 'refused'
    }
    t.equal(await send('/level', 0.7), 'sent')
    t.equal(await send('/level', []), 'sent')
    await desk.until(2, AbortSignal.timeout(5000))
    desk.say('/meter', [1, 'a'])
    desk.say('/bang', [])
    desk.say('/on', [true])
    await all
    t.strictSame(reports, [
      ['/level', 0.7],
      ['/meter', [1, 'a']],
      ['/bang', []],
      ['/on', true],
    ])
  })

for (const transport of ['udp', 'tcp-slip'] as const)
  void t.test(`a query over ${transport} waits for its answer, and no longer`, async (t) => {
    const desk = await simulate({ transport })
    const reported = new Map<string, Json>()
    const to = { host: desk.host, port: desk.port, transport }
    const link = adapter.open(to, {
      report: (path, value) => void reported.set(path, value),
      changed: () => {},
      picture: () => {},
      barred: () => null,
    })
    t.teardown(async () => {
      await link.close()
      await desk.close()
    })
    const send = (action: string, args: Json, signal = AbortSignal.timeout(5000)) => {
      const plan = adapter.plan({ verb: 'fire', device, action, args }, to, new Map())
      if (!plan.ok) throw new Error(plan.failure.detail)
      return link.send(plan.command, signal).catch((error: unknown) => error)
    }
    t.equal(await send('/level', 0.7), 'sent')
    t.equal(await send('query', { address: '/level' }), 'confirmed')
    t.equal(reported.get('/level'), 0.7)
    const deadline = new AbortController()
    const silent = send('query', { address: '/nothing' }, deadline.signal)
    await desk.until(3, AbortSignal.timeout(5000))
    deadline.abort()
    t.match(await silent, { failure: { code: 'timeout', reached: 'maybe' } })
    // whoever asked is not there any more: it goes to a port or a connection that is closed
    desk.say('/nothing', [1])
    t.equal(await send('query', { address: '/level' }), 'confirmed', 'control: it works after')
    t.equal(reported.has('/nothing'), false)
  })

void t.test('a poll asks again and again, and a subscription waits for nothing', async (t) => {
  const desk = await simulate()
  let wake = () => {}
  const level = new Promise<void>((resolve) => (wake = resolve))
  const to = {
    ...{ host: desk.host, port: desk.port, transport: 'udp' as const },
    polls: [
      { address: '/level', everyMs: 100 },
      { address: '/xremote', reply: null, everyMs: 100 },
    ],
  }
  const link = adapter.open(to, {
    report: (path, value) => path === '/level' && value === 3 && wake(),
    changed: () => {},
    picture: () => {},
    barred: () => null,
  })
  t.teardown(async () => {
    await link.close()
    await desk.close()
  })
  await desk.until(2, AbortSignal.timeout(5000))
  const plan = adapter.plan({ verb: 'set', device, path: '/level', value: 3 }, to, new Map())
  if (!plan.ok) throw new Error(plan.failure.detail)
  await link.send(plan.command, AbortSignal.timeout(5000))
  await level
  const subscriptions = () => desk.received().filter((each) => each === '/xremote').length
  while (subscriptions() < 3) await desk.until(desk.count() + 1, AbortSignal.timeout(5000))
  t.pass('asked and subscribed more than once')
})
