import type { Framing } from '../wire/framing.ts'
import { dataPath, type DataPath } from './data-path.ts'
import { type FramingOptions, framingOf } from './framing-options.ts'
import { type CompiledReports, reports } from './report-rule.ts'
import { sharedOf, type TextPlans, textPlans } from './template-text.ts'
import type { PollOptions, RequestOptions, TextOptions } from './text-options.ts'
import { conditionFault, type TextCommand, textRequest } from './text-request.ts'

/** Where the number of a request stands in it and in its answer. */
export interface Numbering {
  readonly at: DataPath
  readonly answerAt: DataPath
  readonly as: 'number' | 'text'
}

export interface Poll {
  readonly command: TextCommand
  readonly everyMs: number
}

/** The config of a device of text, bytes or JSON, compiled. */
export interface TextDevice {
  readonly plans: TextPlans
  readonly framing: Framing
  readonly numbering: Numbering | null
  readonly hello: readonly TextCommand[]
  readonly polls: readonly Poll[]
  readonly report: Extract<CompiledReports, { ok: true }>['report']
  /** Whether anything that the device says is of use. */
  readonly listens: boolean
  /** Whether some request awaits an answer that only its looks tell from others. */
  readonly awaits: boolean
  /** How an answer's bytes are read. */
  readonly answers: 'text' | 'hex'
  /** How long an answer may take; null: as long as the attempt. Milliseconds. */
  readonly replyMs: number | null
  /** Why the config cannot be used; null where it can. */
  readonly fault: string | null
}

export interface TextDeviceOptions extends TextOptions {
  readonly framing?: FramingOptions
}

/** @param maxBytes what one command may have */
export function textDevice(
  options: TextDeviceOptions,
  maxBytes: number,
  framing: FramingOptions = 'none',
): TextDevice {
  const faults: string[] = []
  const cut = framingOf(options.framing ?? framing)
  if (!cut.ok) faults.push(cut.detail)
  const cutting: Framing = cut.ok ? cut.framing : { type: 'none' }
  const plans = textPlans(options, maxBytes, cutting)
  for (const key of ['reply', 'refusal'] as const) {
    const each = options[key]
    // its places are looked at with each action that it is for
    const fault = each === undefined ? null : conditionFault(each)
    if (fault !== null) faults.push(`${key} ${fault}`)
  }
  const told = reports(options.reports ?? [])
  if (!told.ok) faults.push(told.detail)
  const numbering = options.ids === undefined ? null : numberingOf(options.ids)
  if (typeof numbering === 'string') faults.push(`ids ${numbering}`)
  const commandOf = (key: string, request: RequestOptions): TextCommand[] => {
    const command = fixedCommand(request, options)
    if (typeof command !== 'string') return [command]
    faults.push(`${key} ${command}`)
    return []
  }
  const hello = (options.hello ?? []).flatMap((each, i) => commandOf(`hello.${i}`, each))
  const polls = (options.polls ?? []).flatMap((each, i) =>
    pollCommand(each, (request) => commandOf(`polls.${i}`, request)),
  )
  const own = [...hello, ...polls.map(({ command }) => command)]
  const all = [...plans.actions.values(), ...plans.sets.values()]
  const shared =
    options.ids === undefined && (options.reply !== undefined || options.refusal !== undefined)
  const looks = all.some((each) => each.ok && each.request.awaits) || shared
  const awaits =
    looks || own.some(({ answer, json }) => answer !== null && (json === null || !options.ids))
  const [fault] = faults
  return {
    plans,
    framing: cutting,
    numbering: typeof numbering === 'string' ? null : numbering,
    hello,
    polls,
    report: told.ok ? told.report : () => {},
    listens: awaits || options.ids !== undefined || (told.ok && told.any),
    awaits,
    answers: options.answers ?? 'text',
    replyMs: options.replyMs ?? null,
    fault: fault === undefined ? null : `config: ${fault}`,
  }
}

function pollCommand(
  { everyMs, ...request }: PollOptions,
  commandOf: (request: RequestOptions) => readonly TextCommand[],
): readonly Poll[] {
  return commandOf(request).map((command) => ({ command, everyMs }))
}

/** A request that the hub makes by itself, and so without arguments; or why it cannot be. */
function fixedCommand(request: RequestOptions, options: TextOptions): TextCommand | string {
  const compiled = textRequest(request, sharedOf(options))
  if (!compiled.ok) return compiled.detail
  const [name] = compiled.request.names
  if (name !== undefined) return `has a place {${name}}, and nobody fills it`
  const command = compiled.request.command(new Map())
  return command.ok ? command.value : command.failure.detail
}

function numberingOf(ids: NonNullable<TextOptions['ids']>): Numbering | string {
  const at = dataPath(ids.at)
  const answerAt = dataPath(ids.answerAt ?? ids.at)
  if (!at.ok) return `at ${at.detail}`
  if (!answerAt.ok) return `answerAt ${answerAt.detail}`
  return { at: at.path, answerAt: answerAt.path, as: ids.as ?? 'number' }
}

/** How many attempts may be under way: one where an answer is told by its looks only. */
export function pipelineOf({ awaits, numbering }: TextDevice, unanswered: number): number {
  return awaits ? 1 : numbering === null ? unanswered : numbered
}

/** 64: enough to fill a link of 100 ms, and less than what a device drops. */
const numbered = 64
