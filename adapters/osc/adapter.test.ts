import t from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { encode } from '../../wire/osc-encode.ts'
import { adapter } from './adapter.ts'
import { simulate } from './simulator.ts'

const device = 'desk' as DeviceId // any name will do
const options = { host: '127.0.0.1', port: 9, transport: 'udp' } as const

/** The bytes of a fire, as text with `.` for NUL; or why not. */
function fire(action: string, args: Json): string {
  const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
  return plan.ok ? shown(encode(plan.command.address, plan.command.args)) : plan.failure.detail
}

function set(path: string, value: Json): string {
  const plan = adapter.plan({ verb: 'set', device, path, value }, options, new Map())
  return plan.ok ? shown(encode(plan.command.address, plan.command.args)) : plan.failure.detail
}

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
