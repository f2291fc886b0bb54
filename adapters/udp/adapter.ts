import type { Adapter, Link, LinkContext } from '../adapter.ts'
import { read } from '../answers.ts'
import { boundedReports } from '../bounded-reports.ts'
import { brokenLink } from '../broken-link.ts'
import { datagramCarriage, emptyProbe, framesOf } from '../datagram-carriage.ts'
import { Datagrams } from '../datagrams.ts'
import { Exchange } from '../exchange.ts'
import { framed } from '../../wire/framing.ts'
import { planText, previewText, textActions } from '../template-text.ts'
import { malformed } from '../template.ts'
import { pipelineOf, type TextDevice } from '../text-device.ts'
import type { TextCommand } from '../text-request.ts'
import { compiled, options, type UdpOptions } from './options.ts'

/** Where nothing is awaited, many may be under way. */
const unanswered = 4096

export const adapter: Adapter<typeof options, TextCommand> = {
  protocol: 'udp',
  title: 'Any device that takes text, bytes or JSON in UDP datagrams',
  options,
  pipeline: (options) => pipelineOf(compiled(options), unanswered),
  actions: (options) => textActions(compiled(options).plans),
  plan(intent, options) {
    const { plans, fault } = compiled(options)
    return fault === null ? planText(intent, plans) : malformed(fault)
  },
  preview: (command, options) =>
    previewText(`udp ${options.host}:${options.port}`, command, compiled(options).framing),
  // what the device still knows is not known for sure: all of it
  resync: (lasting) => [...lasting.keys()],
  open(options, context) {
    const device = compiled(options)
    if (device.fault !== null) return brokenLink(device.fault, context)
    const { awaits, numbering, polls, hello } = device
    const isAsked = awaits || numbering !== null || polls.length > 0 || hello.length > 0
    if (!isAsked) return told(options, device, context)
    const link = new Exchange(device, context, (events) =>
      datagramCarriage(options, device.framing, events),
    )
    link.open()
    return link
  },
}

/** A device that is told and never asked: a send is one system call. What it says by itself is reported. */
function told(
  options: UdpOptions,
  { framing, listens, answers, report }: TextDevice,
  context: LinkContext,
): Link<TextCommand> {
  const tell = boundedReports(context)
  const got = (datagram: Buffer) => {
    for (const frame of framesOf(framing, datagram)) {
      const found = read(frame, answers)
      if (found.ok) report(found.said, tell)
    }
  }
  const datagrams = new Datagrams(options, emptyProbe, context, listens ? got : null)
  datagrams.open()
  return {
    send: ({ bytes }, signal) => datagrams.send(framed(framing, bytes), signal),
    test: (signal) => datagrams.test(signal),
    close: () => datagrams.close(),
  }
}
