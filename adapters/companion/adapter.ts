import { Value } from 'typebox/value'
import type { DeviceIntent } from '../../intents/intent.ts'
import type { Json } from '../../intents/json.ts'
import { encode } from '../../wire/osc-encode.ts'
import type { ActionDescription, Adapter, Preview } from '../adapter.ts'
import { unknownName } from '../template-names.ts'
import { malformed, quoted, type Read } from '../template.ts'
import { actionDescriptions, commandOf, expected, value, writing } from './actions.ts'
import { type CompanionCommand, locationForm, variableForm } from './command.ts'
import { discovery } from './discovery.ts'
import { carries, httpForm, lineForm, oscForm } from './forms.ts'
import { CompanionLink } from './link.ts'
import { chainOf, type CompanionOptions, options, type Transport } from './options.ts'
import { style } from './style.ts'

/** Over OSC and UDP nothing is awaited. */
const unanswered = 256

const sets: readonly ActionDescription[] = [
  {
    verb: 'set',
    name: 'custom-variable/*',
    description: 'custom-variable/<name>, which must exist in Companion.',
    schema: value,
  },
  {
    verb: 'set',
    name: 'location/*',
    description:
      'location/<page>/<row>/<column>/<text, color, bgcolor, size …>: how a control looks.',
    schema: style.text,
  },
  {
    verb: 'set',
    name: 'surface/*',
    description: 'surface/<id>/page: the page a surface shows.',
    schema: { ...(actionDescriptions.find(({ name }) => name === 'page-set')?.schema ?? value) },
  },
]

export const adapter: Adapter<typeof options, CompanionCommand> = {
  protocol: 'companion',
  title: 'Bitfocus Companion, its buttons, variables and surfaces',
  options,
  // an answer is awaited where there is one
  pipeline: (options) =>
    chainOf(options).every((each) => each === 'osc' || each === 'udp') ? unanswered : 1,
  actions: () => [...actionDescriptions, ...sets],
  plan(intent, options) {
    const read = intent.verb === 'fire' ? commandOf(intent.action, intent.args) : setting(intent)
    if (!read.ok) return read
    const chain = chainOf(options)
    if (chain.some((transport) => carries(transport, read.value)))
      return { ok: true, command: read.value }
    const ways = (['http', 'osc', 'tcp', 'udp'] as const).filter((way) => carries(way, read.value))
    const by = ways.length === 0 ? 'no way' : `${ways.join(', ')} only`
    return malformed(
      `Companion takes this by ${by}, and this device is reached by ${chain.join(', ')}`,
    )
  },
  preview(command, options) {
    const chain = chainOf(options)
    return shown(chain.find((way) => carries(way, command)) ?? options.transport, command, options)
  },
  // a page that somebody turned meanwhile stays turned
  resync: (lasting) => [...lasting.keys()].filter((path) => !path.startsWith('surface/')),
  discovery,
  open(options, context) {
    const link = new CompanionLink(options, context)
    link.open()
    return link
  },
}

function setting({ path, value }: Extract<DeviceIntent, { verb: 'set' }>): Read<CompanionCommand> {
  const [kind = '', ...rest] = path.split('/')
  const name = rest.join('/')
  if (kind === 'custom-variable') {
    if (!new RegExp(variableForm).test(name))
      return malformed(
        `path ${quoted(path)}: expected custom-variable/<name of letters, digits, _>`,
      )
    const command = writing(name, value)
    return typeof command === 'string' ? malformed(command) : { ok: true, value: command }
  }
  const last = rest.at(-1) ?? ''
  const middle = rest.slice(0, -1).join('/')
  if (kind === 'surface')
    return last === 'page'
      ? commandOf('page-set', { surface: middle, page: value })
      : malformed(`path ${quoted(path)}: expected surface/<id>/page`)
  if (kind === 'location') return looking(path, middle, last, value)
  return unknownName(
    'path',
    path,
    sets.map(({ name }) => name),
  )
}

function looking(path: string, location: string, key: string, value: Json): Read<CompanionCommand> {
  if (!new RegExp(locationForm).test(location) || !Object.hasOwn(style, key))
    return malformed(
      `path ${quoted(path)}: expected location/<page>/<row>/<column>/<${Object.keys(style).join(', ')}>`,
    )
  const schema = style[key as keyof typeof style] // hasOwn above
  return Value.Check(schema, value)
    ? commandOf('style', { location, [key]: value })
    : malformed(`path ${quoted(path)}: expected ${expected(schema)}`)
}

function shown(way: Transport, command: CompanionCommand, options: CompanionOptions): Preview {
  const to = `${way} ${options.host}:${options[`${way}Port`]}`
  if (way === 'http') {
    const asking = httpForm(command)
    const text = [asking?.method, asking?.path].join(' ')
    return { to, text: asking?.json == null ? text : `${text}\n\n${asking.json}`, bytes: null }
  }
  if (way === 'osc') {
    const messages = oscForm(command) ?? []
    const text = messages.map(({ address, args }) =>
      [address, ...args.map(({ value }) => JSON.stringify(value))].join(' '),
    )
    const [one, ...more] = messages
    // several are several datagrams
    const bytes = one === undefined || more.length > 0 ? null : encode(one.address, one.args)
    return { to, text: text.join('\n'), bytes }
  }
  const lines = lineForm(command) ?? []
  const whole = lines.map((line) => `${line}\n`).join('')
  const bytes = way === 'udp' && lines.length > 1 ? null : Buffer.from(whole)
  return { to, text: lines.join('\n'), bytes }
}
