import type { JsonObject } from '../../intents/json.ts'
import { number, own, text, words } from '../field.ts'
import type { Action } from '../model.ts'
import { type Acted, type Module, unknownAction } from './module.ts'

// companion-module-generic-tcp-udp, actions.js: `send` and `send_hex`, each with the characters that end it.

const ends: Readonly<Record<string, string>> = {
  '': '',
  '\n': '_lf',
  '\r\n': '_crlf',
  '\r': '_cr',
  '\u0000': '_nul',
  '\n\r': '_lfcr',
}

export const lines: Module = {
  ids: ['generic-tcp-udp', 'tcp-udp', 'direct_tcp-udp'],
  open({ config }, name) {
    const host = text(config, 'host')
    const port = number(config, 'port')
    const protocol = text(config, 'prot') ?? 'tcp'
    if (host === null || host === '' || port === null) return 'it has no host or no port'
    if (protocol !== 'tcp' && protocol !== 'udp') return 'it is neither TCP nor UDP'
    const actions = new Map<string, JsonObject | string>()
    return {
      devices: () => [
        { name, protocol, options: { host, port, actions: Object.fromEntries(actions) } },
      ],
      act: (action) => acted(name, action, actions),
      lit: () => null,
      notes: [],
    }
  },
}

/** Declares the action of the device that sends such a thing, and fires it. */
function acted(device: string, action: Action, declared: Map<string, JsonObject | string>): Acted {
  const { options, name } = action
  const end = words(own(options, 'id_end')) ?? (name === 'send' ? '\n' : '')
  const suffix = Object.hasOwn(ends, end) ? ends[end] : undefined
  const sent = text(options, name === 'send' ? 'id_send' : 'id_send_hex')
  if (suffix === undefined || sent === null) return unknownAction('generic-tcp-udp', action)
  if (name === 'send_hex') return hex(device, sent, Buffer.from(end, 'latin1'), declared)
  if (name !== 'send') return unknownAction('generic-tcp-udp', action)
  const plain = unescape8(sent)
  // what is no plain line goes out byte by byte, as it does there
  if (!/^[\u0020-\u007e]*$/.test(plain))
    return hex(
      device,
      Buffer.from(plain, 'latin1').toString('hex'),
      Buffer.from(end, 'latin1'),
      declared,
    )
  const called = `send${suffix}`
  declared.set(called, `{text}${end}`)
  return { ok: true, fires: [{ device, action: called, args: { text: plain } }] }
}

/** An odd digit gets a 0 in front, and the first that is none ends it: so it is there. */
function hex(
  device: string,
  digits: string,
  end: Buffer,
  declared: Map<string, JsonObject | string>,
): Acted {
  const whole = digits.length % 2 === 0 ? digits : `0${digits}`
  const bytes = Buffer.concat([Buffer.from(whole, 'hex'), end]).toString('hex')
  declared.set('send_hex', { hex: '{bytes:hex}' })
  return { ok: true, fires: [{ device, action: 'send_hex', args: { bytes } }] }
}

/** `%0d` is that character; nothing else is an escape there. */
function unescape8(words: string): string {
  return words.replaceAll(/%([0-9a-fA-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
