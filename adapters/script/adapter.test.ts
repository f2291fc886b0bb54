import t from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { adapter } from './adapter.ts'
import type { Program, ScriptOptions } from './options.ts'

const device = 'scripts' as DeviceId // any name will do

function optionsOf(programs: Readonly<Record<string, Program>>, more: Partial<ScriptOptions> = {}) {
  return { programs, sets: {}, concurrency: 1, ...more }
}

function plan(options: ScriptOptions, action: string, args: Json) {
  return adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
}

void t.test(
  'what would be an option to the program is refused where it leads an argument',
  async (t) => {
    const options = optionsOf({
      lead: { path: '/bin/true', args: ['{a}{b}', '--level={a}'] },
      behind: { path: '/bin/true', args: ['-x', '--', '{a}'] },
    })
    const why = (action: string, args: Json) => {
      const planned = plan(options, action, args)
      return planned.ok ? planned.command.args : planned.failure.detail
    }
    t.strictSame(why('lead', { a: '1', b: '-2' }), ['1-2', '--level=1'])
    t.match(why('lead', { a: '-rf', b: '' }), /"a": expected text that does not begin with -/)
    t.match(why('lead', { a: '', b: '-rf' }), /"b": expected text/)
    t.strictSame(why('behind', { a: '-5' }), ['-x', '--', '-5'])
    t.match(why('behind', { a: 'x\0' }), /NUL/)
    t.match(why('behind', { a: 'x'.repeat(97 * 1024) }), /bytes, at most/)
    t.match(why('behind', { a: 1, c: 1 }), /"c" is not known: it takes a/)
    t.match(why('behind', {}), /"a" is missing/)
    t.match(why('/bin/true', {}), /no action "\/bin\/true"; near: /)
    t.match(why('constructor', {}), /no action "constructor"/)
  },
)

void t.test('a program that is not named by an absolute path is never run', async (t) => {
  for (const program of [{ path: 'true' }, { path: '/bin/true', cwd: 'here' }])
    t.match(plan(optionsOf({ x: program }), 'x', null), {
      failure: { detail: /^config: (path|cwd): / },
    })
})

void t.test('a set runs its program with the value, and again after a reconnect', async (t) => {
  const set = (options: ScriptOptions) =>
    adapter.plan({ verb: 'set', device, path: 'level', value: 0.5 }, options, new Map())
  const level = { path: '/bin/true', args: ['{value}'] }
  t.match(set(optionsOf({}, { sets: { level } })), { command: { of: 'sets', args: ['0.5'] } })
  const odd = { level: { path: '/bin/true', args: ['{n}'] } }
  t.match(set(optionsOf({}, { sets: odd })), { failure: { detail: /only \{value\} is filled/ } })
  t.match(set(optionsOf({})), { failure: { code: 'not-found' } })
  t.strictSame(adapter.resync(new Map([['level', 1]]), new Map()), ['level'])
})

void t.test('a program that is declared slow is one for the slow lane', async (t) => {
  const options = optionsOf({
    slow: { path: '/bin/true', lane: 'slow' },
    quick: { path: '/bin/true' },
  })
  const slow = (action: string) =>
    adapter.isSlow?.({ verb: 'fire', device, action, args: {} }, options)
  t.equal(slow('slow'), true)
  t.equal(slow('quick'), false)
})
