import { reports } from '../report-rule.ts'
import type { HttpCommand, HttpOptions } from './options.ts'
import { prepare } from './request.ts'

/** A request that is made again and again. */
export interface PollCommand {
  /** `polls.0`. */
  readonly name: string
  readonly command: HttpCommand
  readonly everyMs: number
}

/** What is asked by itself, or why the config's cannot be used. */
export function pollsOf(
  options: HttpOptions,
):
  | { readonly ok: true; readonly polls: readonly PollCommand[] }
  | { readonly ok: false; readonly detail: string } {
  const all = [options.reports ?? [], options.hook?.reports ?? []]
  for (const rules of all) {
    const told = reports(rules)
    if (!told.ok) return told
  }
  const polls: PollCommand[] = []
  for (const [i, poll] of (options.polls ?? []).entries()) {
    const name = `polls.${i}`
    const prepared = prepare(poll)
    const [place] = prepared.names
    if (place !== undefined)
      return { ok: false, detail: `${name} has a place {${place}}, and nobody fills it` }
    const command = prepared.command(new Map())
    if (!command.ok) return { ok: false, detail: `${name} ${command.failure.detail}` }
    polls.push({ name, command: command.value, everyMs: poll.everyMs })
  }
  return { ok: true, polls }
}
