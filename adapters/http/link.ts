import { connect } from 'node:net'
import type { Json } from '../../intents/json.ts'
import { reason } from '../../wire/system-reason.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { boundedReports } from '../bounded-reports.ts'
import { openPolls } from '../polls.ts'
import { reports, type ReportOptions } from '../report-rule.ts'
import type { Said } from '../said.ts'
import { saidText } from '../said.ts'
import type { Asked } from './ask.ts'
import { freely, openAsker } from './asker.ts'
import { hookOf } from './hook.ts'
import { judged } from './judge.ts'
import type { HttpCommand, HttpOptions } from './options.ts'
import { peerOf } from './peer.ts'
import type { PollCommand } from './poll.ts'

/** 250 ms, doubling to 5 s: how often a device that is away is looked for. */
const firstLookMs = 250
const longestLookMs = 5000
/** 5 s: a host that swallows SYNs is not there. */
const lookMs = 5000
/** 5 s: an answer to a poll that takes longer says what was. */
const pollMs = 5000

/** Opens the link: looks at once whether anybody listens, and after that only while it is known to be away. */
export function openLink(
  options: HttpOptions,
  asked: readonly PollCommand[],
  context: LinkContext,
): Link<HttpCommand> {
  const peer = peerOf(options)
  const closing = new AbortController()
  const tell = boundedReports(context)
  const told = (said: Said, own: readonly ReportOptions[] = []) => {
    for (const rules of [options.reports ?? [], own]) report(rules, said, tell)
  }
  const asker = openAsker(peer, closing.signal, heard)
  const polls = openPolls(asked, poll)
  /** What the newest of each poll came to, where it was no answer. */
  const troubles = new Map<PollCommand, string>()
  let up = false
  let looking: NodeJS.Timeout | null = null
  let waitMs = firstLookMs

  function heard(asked: Asked): void {
    if (asked.type === 'answer') cameUp()
    else if (asked.failure.code === 'unreachable') wentAway(asked.why)
  }

  function cameUp(): void {
    if (closing.signal.aborted) return
    up = true
    waitMs = firstLookMs
    if (looking !== null) clearTimeout(looking)
    looking = null
    context.changed(true, `${peer.name} answers`)
    polls.start()
  }

  function wentAway(why: string): void {
    if (closing.signal.aborted) return
    up = false
    polls.stop()
    context.changed(false, `${peer.name}: ${why}`)
    if (looking !== null) return
    looking = setTimeout(
      () => {
        looking = null
        look()
      },
      waitMs * (1 + Math.random() / 2),
    )
    waitMs = Math.min(waitMs * 2, longestLookMs)
  }

  /** A TCP connection and nothing on it: the least that shows that somebody listens, and no request to act on. */
  function look(): void {
    if (up || closing.signal.aborted) return
    const socket = connect({ host: peer.host, port: peer.port })
    const end = (how: () => void) => {
      closing.signal.removeEventListener('abort', drop)
      socket.destroy()
      how()
    }
    const drop = () => socket.destroy()
    closing.signal.addEventListener('abort', drop)
    socket.setTimeout(lookMs, () => end(() => wentAway('it does not answer')))
    socket.once('connect', () => end(cameUp))
    socket.on('error', (error) => end(() => wentAway(reason(error))))
  }

  /** Whether it was an answer that says something. */
  function read(asked: Asked, { reports }: HttpCommand): void {
    if (asked.type === 'failure' || asked.status < 200 || asked.status >= 300) return
    if (asked.body.length > 0) told(saidText(asked.body.toString()), reports)
  }

  async function poll(each: PollCommand): Promise<void> {
    const asked = await asker.request(each.command, AbortSignal.timeout(pollMs), freely)
    read(asked, each.command)
    if (asked.type === 'failure') troubles.set(each, asked.why)
    else if (asked.status >= 200 && asked.status < 300) troubles.delete(each)
    else troubles.set(each, `refused with ${asked.status}`)
  }

  look()
  return {
    async send(command, signal) {
      const asked = await asker.request(command, signal, () => context.barred())
      if (asked.type === 'failure') throw new DeliveryError(asked.failure)
      const ack = judged(peer, asked.status)
      read(asked, command)
      return ack
    },
    async test(signal) {
      const path = peer.prefix === '' ? '/' : ''
      const head = { method: 'HEAD', path, headers: {}, body: null } as const
      const asked = await asker.request(head, signal, freely)
      if (asked.type === 'failure') throw new DeliveryError(asked.failure)
      // a path may hold a secret: its number in the config says which poll it is
      const trouble = [...troubles].map(([{ name }, why]) => `; ${name}: ${why}`)
      return `${peer.name} answers HEAD with ${asked.status}${trouble.join('')}`
    },
    ...(options.hook === undefined ? {} : { hook: hookOf(options.hook, told) }),
    close() {
      closing.abort()
      polls.stop()
      if (looking !== null) clearTimeout(looking)
      looking = null
      peer.agent.destroy()
      return Promise.resolve()
    },
  }
}

const compiled = new WeakMap<readonly ReportOptions[], ReturnType<typeof reports>>()

function report(
  rules: readonly ReportOptions[],
  said: Said,
  tell: (path: string, value: Json) => void,
): void {
  const known = compiled.get(rules) ?? reports(rules)
  compiled.set(rules, known)
  // what cannot be used is refused before the link is opened
  if (known.ok) known.report(said, tell)
}
