import type { Adapter } from '../adapter.ts'
import { brokenLink } from '../broken-link.ts'
import { Exchange } from '../exchange.ts'
import { planText, previewText, textActions } from '../template-text.ts'
import { malformed } from '../template.ts'
import { pipelineOf } from '../text-device.ts'
import type { TextCommand } from '../text-request.ts'
import { WebSocketCarriage } from './carriage.ts'
import { compiled, options } from './options.ts'

/** Without answers to wait for, as many as one turn of a busy surface may bring. */
const unanswered = 256

export const adapter: Adapter<typeof options, TextCommand> = {
  protocol: 'websocket',
  title: 'Any device or service that takes JSON, text or bytes over a WebSocket',
  options,
  pipeline: (options) => pipelineOf(compiled(options), unanswered),
  actions: (options) => textActions(compiled(options).plans),
  plan(intent, options) {
    const { plans, fault } = compiled(options)
    return fault === null ? planText(intent, plans) : malformed(fault)
  },
  preview(command, options) {
    const { protocol, host } = new URL(options.url)
    return previewText(`${protocol}//${host}`, command, { type: 'none' })
  },
  // what the device still knows is not known for sure: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const device = compiled(options)
    if (device.fault !== null) return brokenLink(device.fault, context)
    const link = new Exchange(
      device,
      context,
      (events) => new WebSocketCarriage(options, device.answers === 'text', events),
    )
    link.open()
    return link
  },
}
