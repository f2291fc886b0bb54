import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'

// A program of the bench runs in a process of its own, so that its cost can be told from the others', and answers
// questions over the pipe that `fork` gives it, one at a time.

type Answers = { readonly [name: string]: (question: never) => unknown }

type Reply =
  { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly error: string }

/** A running program, asked from outside. */
export interface Program<A extends Answers> {
  ask<K extends keyof A & string>(
    name: K,
    question: Parameters<A[K]>[0],
  ): Promise<Awaited<ReturnType<A[K]>>>
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>
}

/** The flags of Node that the command `infra` runs with, from its first line. Of what is compiled: bench.ts compiles it first. */
function nodeFlags(): readonly string[] {
  const command = readFileSync(new URL('../cli/infra.js', import.meta.url), 'utf8')
  return /^#!.*/.exec(command)?.[0].match(/--\S+/g) ?? []
}

/** Starts `dist-bench/bench/<name>.js` as `infra` would be. */
export function start<A extends Answers>(name: string): Program<A> {
  const child = fork(new URL(`../bench/${name}.js`, import.meta.url), {
    execArgv: [...nodeFlags()],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let reject = (_error: Error) => {}
  child.once('exit', (code) => reject(new Error(`bench/${name} ended with ${code}`)))
  return {
    ask: (asked, question) =>
      new Promise((resolve, failed) => {
        reject = failed
        child.once('message', (reply: Reply) => {
          // the answer is what the program's own function of that name gave
          if (reply.ok) resolve(reply.answer as Awaited<ReturnType<A[typeof asked]>>)
          else failed(new Error(`bench/${name}: ${reply.error}`))
        })
        child.send({ asked, question })
      }),
    async stop() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** The other end: answers questions until the process that asks is gone. */
export function serve(answers: Answers): void {
  const reply = (it: Reply) => process.send?.(it)
  process.on(
    'message',
    ({ asked, question }: { readonly asked: string; readonly question: never }) => {
      Promise.resolve(answers[asked]?.(question)).then(
        (answer) => reply({ ok: true, answer }),
        (error: unknown) =>
          reply({ ok: false, error: error instanceof Error ? (error.stack ?? '') : String(error) }),
      )
    },
  )
  process.on('disconnect', () => process.exit(0))
}
