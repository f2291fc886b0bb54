import type { Command } from 'commander'
import type { RunId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import type { RunAnswer } from './answers.ts'
import { ask, type Hub } from './client.ts'
import { Stop } from './exit.ts'
import { note, print, printJson } from './output.ts'
import { runLines, runTable } from './run-lines.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { submit } from './submit.ts'

/** `infra runs …`: the runs of macros, and what can be said to one that is under way. */
export function addRuns(program: Command): void {
  const runs = program.command('runs').summary('see, pause, answer and cancel runs of macros')
  runs.description(
    'The runs of macros, and what can be said to one that is under way. RUN is its id, or the end of it that no other has.',
  )
  example(runs, 'infra runs list', 'infra runs answer 0abcde yes')
  addList(runs)
  addShow(runs)
  say(runs, 'pause', 'begin no further step; what is under way ends', 'run.pause')
  say(runs, 'resume', 'go on after a pause', 'run.resume')
  say(runs, 'step', 'take the next step of a paused run', 'run.step')
  addSkip(runs)
  addAnswer(runs)
  addCancel(runs)
}

function addList(runs: Command): void {
  const list = runs
    .command('list')
    .summary('list the runs that are under way')
    .description('The runs that are under way, newest first: where each is, and whether it asks.')
    .option('--all', 'those that are over, too')
  example(hubOptions(list), 'infra runs list', 'infra runs list --all --json').action(
    async ({ all = false }: { readonly all?: boolean }) => {
      const found = (await runsOf(hubOf(list))).filter(({ state }) => all || state === 'running')
      if (wantsJson(list)) return printJson(found)
      for (const line of runTable(found, Date.now())) print(line)
      if (found.length === 0) note('infra: no run is under way: infra runs list --all')
    },
  )
}

function addShow(runs: Command): void {
  const show = runs
    .command('show <run>')
    .summary('where a run is, and what it asks')
    .description(
      'Where a run is: every step that is under way, its rounds, branches and questions.',
    )
  example(hubOptions(show), 'infra runs show 0abcde').action(async (text: string) => {
    const run = await runNamed(hubOf(show), text)
    if (wantsJson(show)) printJson(run)
    else for (const line of runLines(run, Date.now())) print(line)
  })
}

/** One command that says one thing to one run. */
function say(runs: Command, word: string, summary: string, name: string): void {
  const command = runs.command(`${word} <run>`).summary(summary)
  command.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
  example(hubOptions(command), `infra runs ${word} 0abcde`).action(async (text: string) => {
    const hub = hubOf(command)
    const { run } = await runNamed(hub, text)
    await hand(command, hub, { verb: 'do', name, args: { run } })
  })
}

function addSkip(runs: Command): void {
  const skip = runs
    .command('skip <run> [place]')
    .summary('leave a step as if it had been done')
    .description(
      'Leave a step that is under way as if it had been done: the one at PLACE as infra runs show --json has it (2/then.0), or the first.',
    )
  example(hubOptions(skip), 'infra runs skip 0abcde', 'infra runs skip 0abcde 2/b1.0').action(
    async (text: string, at: string | undefined) => {
      const hub = hubOf(skip)
      const { run } = await runNamed(hub, text)
      const args = { run, ...(at === undefined ? {} : { at }) }
      await hand(skip, hub, { verb: 'do', name: 'run.skip', args })
    },
  )
}

function addAnswer(runs: Command): void {
  const answer = runs
    .command('answer <run> <choice>')
    .summary('answer what a run asks')
    .description('Answer what a run asks, with one of its choices.')
    .option('--at <place>', 'which question, where several are open: infra runs show says it')
  example(hubOptions(answer), 'infra runs answer 0abcde yes').action(
    async (text: string, choice: string, { at }: { readonly at?: string }) => {
      const hub = hubOf(answer)
      const { run } = await runNamed(hub, text)
      const args = { run, choice, ...(at === undefined ? {} : { at }) }
      await hand(answer, hub, { verb: 'do', name: 'run.answer', args })
    },
  )
}

function addCancel(runs: Command): void {
  const cancel = runs
    .command('cancel [run]')
    .summary('cancel a run, or all')
    .description(
      'Cancel a run, with the runs that it has started; with --all every run that is under way and that no other run has started.',
    )
    .option('--all', 'all that are under way')
  example(hubOptions(cancel), 'infra runs cancel 0abcde', 'infra runs cancel --all').action(
    async (text: string | undefined, { all = false }: { readonly all?: boolean }) => {
      const hub = hubOf(cancel)
      if (all === (text !== undefined))
        throw new Stop('usage', 'which run?', { hint: 'name one, or say --all' })
      if (text !== undefined) {
        const { run } = await runNamed(hub, text)
        return hand(cancel, hub, { verb: 'cancel', run })
      }
      const found = await runsOf(hub)
      const outer = found.filter(
        ({ state, parent }) =>
          state === 'running' &&
          !found.some((other) => other.run === parent && other.state === 'running'),
      )
      if (outer.length === 0 && !wantsJson(cancel)) note('infra: no run is under way')
      for (const { run } of outer) await hand(cancel, hub, { verb: 'cancel', run })
    },
  )
}

function hand(command: Command, hub: Hub, intent: Intent): Promise<void> {
  return submit(hub, intent, { wait: true, json: wantsJson(command) })
}

async function runsOf(hub: Hub): Promise<readonly RunAnswer[]> {
  const request = { method: 'GET', path: '/api/v1/runs' } as const
  return (await ask<{ readonly runs: readonly RunAnswer[] }>(hub, request, ['runs'])).runs
}

/** Above what two runs of one evening are likely to share. Characters. */
const leastEnd = 4

/** The run of that id, or the only one whose id ends so. @throws Stop */
async function runNamed(hub: Hub, text: string): Promise<RunAnswer & { readonly run: RunId }> {
  if (!/^[0-9a-f-]+$/.test(text) || text.length < leastEnd)
    throw new Stop('usage', `"${text}" is not the id of a run, nor its end`, {
      hint: 'infra runs list shows them',
    })
  const found = (await runsOf(hub)).filter(({ run }) => run.endsWith(text))
  const [run, ...others] = found
  if (run === undefined)
    throw new Stop('failed', `no run ${text} is known`, { hint: 'infra runs list --all' })
  if (others.length > 0)
    throw new Stop('usage', `${found.length} runs end in ${text}`, {
      hint: found.map((one) => one.run).join(', '),
    })
  return run
}
