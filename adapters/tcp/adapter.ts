import type { Adapter } from '../adapter.ts'
import { brokenLink } from '../broken-link.ts'
import { Connection } from '../connection.ts'
import { Exchange } from '../exchange.ts'
import { streamCarriage } from '../stream-carriage.ts'
import { planText, previewText, textActions } from '../template-text.ts'
import { malformed } from '../template.ts'
import { pipelineOf } from '../text-device.ts'
import type { TextCommand } from '../text-request.ts'
import { compiled, options } from './options.ts'

/** Without answers to wait for, as many as one turn of a busy surface may bring. */
const unanswered = 256

export const adapter: Adapter<typeof options, TextCommand> = {
  protocol: 'tcp',
  title: 'Any device that takes text, bytes or JSON over a TCP connection',
  options,
  pipeline: (options) => pipelineOf(compiled(options), unanswered),
  actions: (options) => textActions(compiled(options).plans),
  plan(intent, options) {
    const { plans, fault } = compiled(options)
    return fault === null ? planText(intent, plans) : malformed(fault)
  },
  preview: (command, options) =>
    previewText(`tcp ${options.host}:${options.port}`, command, compiled(options).framing),
  // what the device still knows is not known for sure: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const device = compiled(options)
    if (device.fault !== null) return brokenLink(device.fault, context)
    const { host, port } = options
    const link = new Exchange(device, context, (events) =>
      streamCarriage(
        `${host}:${port}`,
        device.framing,
        (stream) => new Connection(host, port, stream),
        events,
      ),
    )
    link.open()
    return link
  },
}
