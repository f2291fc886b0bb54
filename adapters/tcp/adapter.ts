import type { Adapter } from '../adapter.ts'
import { planText, previewText, textActions, type TextCommand } from '../template-text.ts'
import { malformed } from '../template.ts'
import { TcpLink } from './link.ts'
import { compiled, options } from './options.ts'

/** 64 KiB: no text command of a device comes near it. */
const maxCommandBytes = 64 * 1024
/** Without answers to wait for, as many as one turn of a busy surface may bring. */
const unanswered = 256

export const adapter: Adapter<typeof options, TextCommand> = {
  protocol: 'tcp',
  title: 'Any device that takes text or bytes over a TCP connection',
  options,
  pipeline: (options) => (compiled(options).meaning === null ? unanswered : 1),
  actions: textActions,
  plan(intent, options) {
    const { plans, fault } = compiled(options)
    return fault === null ? planText(intent, plans, maxCommandBytes) : malformed(fault)
  },
  preview: (command, { host, port }) => previewText(`tcp ${host}:${port}`, command),
  // nothing is reported, so what the device still knows is not known: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const link = new TcpLink(options, context)
    link.open()
    return link
  },
}
