import type { JsonObject } from '../../intents/json.ts'
import { own, text, words } from '../field.ts'
import { type Acted, type Module, no, unknownAction } from './module.ts'

// companion-module-generic-websocket, main.js: `send_command` is a text frame with what ends it, `send_hex` a binary one.

const ends: Readonly<Record<string, string>> = { rn: '\r\n', nr: '\n\r', r: '\r', n: '\n' }

export const websocket: Module = {
  ids: ['generic-websocket'],
  open({ config }, name) {
    const url = text(config, 'url') ?? oldUrl(config)
    if (url === null || !/^wss?:\/\//.test(url)) return 'it has no URL'
    const given = own(config, 'append_new_line')
    // before it was chosen, it was true or false
    const chosen = given === true ? 'rn' : typeof given === 'string' ? given : ''
    const end = Object.hasOwn(ends, chosen) ? (ends[chosen] ?? '') : ''
    const actions = new Map<string, JsonObject | string>()
    const fire = (action: string, template: JsonObject | string, args: JsonObject): Acted => {
      actions.set(action, template)
      return { ok: true, fires: [{ device: name, action, args }] }
    }
    return {
      devices: () => [
        {
          name,
          protocol: 'websocket',
          options: { url, ...(actions.size === 0 ? {} : { actions: Object.fromEntries(actions) }) },
        },
      ],
      act(action) {
        const sent = words(own(action.options, 'data'))
        if (sent === null) return unknownAction('generic-websocket', action)
        if (action.name === 'send_command') return fire('send', `{text}${end}`, { text: sent })
        if (action.name !== 'send_hex') return unknownAction('generic-websocket', action)
        const bytes = binary(sent)
        return bytes === ''
          ? no('it sends no bytes')
          : fire('send_hex', { hex: '{bytes:hex}' }, { bytes })
      },
      lit: () => null,
      notes:
        own(config, 'ping_enabled') === true
          ? ['its ping of bytes is not carried over: write it as a poll of the device']
          : [],
    }
  },
}

/** Until its version 2.1 host and port. */
function oldUrl(config: JsonObject): string | null {
  const host = text(config, 'host')
  const port = words(own(config, 'port'))
  return host === null ? null : `ws://${host}${port === null ? '' : `:${port}`}`
}

/** Digits after `hex:`, half a byte at the end left out, as there; other text goes out as its bytes. */
function binary(sent: string): string {
  if (!sent.startsWith('hex:')) return Buffer.from(sent).toString('hex')
  return Buffer.from(sent.slice(4).replaceAll(/[^0-9a-fA-F]/g, ''), 'hex').toString('hex')
}
