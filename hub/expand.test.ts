import t from 'tap'
import type { DeviceId, MacroId, RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { Json } from '../intents/json.ts'
import { catalogueOf } from './catalogue.ts'
import { configFrom, parts } from './core.contract.ts'
import { expand } from './expand.ts'

const oneMixer = configFrom(`
site: s
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: 9 }
  mypro: { protocol: vmix, host: 127.0.0.1 }
intents:
  dark: [{ set: desk, path: /level, value: 0 }]
macros:
  opener: { onFailure: stop, steps: [{ wait: 1s }] }
`)
const twoMixers = configFrom(`
site: s
devices:
  left: { protocol: vmix, host: 127.0.0.1 }
  right: { protocol: vmix, host: 127.0.0.2 }
`)

function judged(intent: Intent, config = oneMixer) {
  const answer = expand(
    intent,
    config,
    catalogueOf(config, parts.adapters, () => new Map()),
  )
  if (answer.ok) return answer.children
  const { code, field, failure } = answer.refusal
  return { code, field, detail: failure.detail, failure: failure.code }
}

const fire = (device: string, action: string, args: Json = {}): Intent => ({
  verb: 'fire',
  device: device as DeviceId,
  action,
  args,
})
const named = (name: string, args: Json = {}): Intent => ({ verb: 'do', name, args })

void t.test('what does not exist is refused with its field and with what there is', async (t) => {
  const id = '919108f7-52d1-4320-9bac-f847db4148a8' as RunId
  t.match(judged(fire('desc', '/go')), {
    code: 'unknown-device',
    field: 'intent.device',
    failure: 'not-found',
    detail: "no device 'desc'; there are: desk, mypro",
  })
  t.match(judged({ verb: 'set', device: 'x'.repeat(500) as DeviceId, path: '/a', value: 1 }), {
    code: 'unknown-device',
    detail: /^.{0,200}$/,
  })
  t.match(judged(fire('desk', 'no-address')), { code: 'unknown-action', field: 'intent.action' })
  t.match(judged({ verb: 'run', macro: 'opner' as MacroId, args: {} }), {
    code: 'unknown-macro',
    field: 'intent.macro',
    detail: "no macro 'opner'; there are: opener",
  })
  t.match(judged(named('drak')), { code: 'unknown-name', field: 'intent.name' })
  const good: readonly Intent[] = [
    fire('desk', '/go'),
    { verb: 'run', macro: 'opener' as MacroId, args: {} },
    { verb: 'cancel', run: id },
    { verb: 'hold', on: true },
  ]
  for (const intent of good) t.strictSame(judged(intent), [], `control: ${intent.verb}`)
})

void t.test('a named intent stands for what the config says', async (t) => {
  t.strictSame(judged(named('dark')), [{ verb: 'set', device: 'desk', path: '/level', value: 0 }])
})

void t.test('a standard action goes to the device that offers it', async (t) => {
  const cut = { verb: 'fire', device: 'mypro', action: 'switch.cut', args: {} }
  t.strictSame(judged(named('switch.cut')), [cut])
  t.strictSame(judged(named('switch.cut', { device: 'mypro' })), [cut])
  t.match(judged(named('switch.cut', { device: 'desk' })), {
    code: 'unknown-device',
    field: 'intent.args.device',
  })
  t.match(judged(named('call.place', { to: 'sip:x' })), { code: 'no-device', field: 'intent.name' })
})

void t.test('where two devices offer it, the sender must say which', async (t) => {
  t.match(judged(named('switch.cut'), twoMixers), {
    code: 'ambiguous',
    field: 'intent.args.device',
    detail: /left, right/,
  })
  t.match(judged(named('switch.cut', { device: 'right' }), twoMixers), [{ device: 'right' }])
})

void t.test(
  'a wrong argument is refused with its field, before anything is recorded',
  async (t) => {
    const wrong = (name: string, args: Json, field: string) =>
      t.match(
        judged(named(name, args)),
        { code: 'bad-argument', field, failure: 'malformed' },
        field,
      )
    wrong('audio.level', { input: 1, level: 2 }, 'intent.args.level')
    wrong('audio.level', { input: 1, level: '0.5' }, 'intent.args.level')
    wrong('switch.preview', {}, 'intent.args')
    wrong('switch.cut', { hard: true }, 'intent.args')
    t.match(judged(fire('desk', '/go', { type: 'q' })), { code: 'bad-argument' })
    t.match(judged(named('audio.level', { input: 1, level: 0.5 })), [{ action: 'audio.level' }])
  },
)
