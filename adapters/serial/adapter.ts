import { SerialStream } from '../../wire/serial-port.ts'
import type { Adapter } from '../adapter.ts'
import { brokenLink } from '../broken-link.ts'
import { Exchange } from '../exchange.ts'
import { streamCarriage } from '../stream-carriage.ts'
import { planText, previewText, textActions } from '../template-text.ts'
import { malformed } from '../template.ts'
import { pipelineOf } from '../text-device.ts'
import type { TextCommand } from '../text-request.ts'
import { compiled, options } from './options.ts'

/** 16: at 9600 baud one command takes some ten ms, so more would only wait in the port. */
const unanswered = 16

export const adapter: Adapter<typeof options, TextCommand> = {
  protocol: 'serial',
  title: 'Any device that takes text or bytes over a serial line',
  options,
  pipeline: (options) => pipelineOf(compiled(options), unanswered),
  actions: (options) => textActions(compiled(options).plans),
  plan(intent, options) {
    const { plans, fault } = compiled(options)
    return fault === null ? planText(intent, plans) : malformed(fault)
  },
  preview: (command, options) =>
    previewText(`serial ${options.path}`, command, compiled(options).framing),
  // what the device still knows is not known for sure: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const device = compiled(options)
    if (device.fault !== null) return brokenLink(device.fault, context)
    const link = new Exchange(device, context, (events) =>
      streamCarriage(
        options.path,
        device.framing,
        (stream) => new SerialStream(options, stream),
        events,
      ),
    )
    link.open()
    return link
  },
}
