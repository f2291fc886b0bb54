import { fork } from 'node:child_process'
import { programFile } from './leaf.ts'

/** What a process that has one task says: what came of it, or why nothing did. */
export type Answer<T> = { readonly done: T } | { readonly detail: string }

/** Has `hub/<name>` done in a process of its own: it must not delay a press. Rejects where nothing came of it. */
export function apart<T>(name: string, task: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(programFile(name))
    child.once('message', (answer: Answer<T>) =>
      'done' in answer ? resolve(answer.done) : reject(new Error(answer.detail)),
    )
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`${name} ended with code ${code} and without an answer`)),
    )
    child.send(task)
  })
}

/** In that process: does the one task that comes, which is what `apart` was given, and says what came of it. */
export function answerOnce(work: (task: never) => Promise<unknown>): void {
  process.once('message', (task: unknown) => {
    void work(task as never) // what `apart` was given
      .then(
        (done): Answer<unknown> => ({ done }),
        (error: unknown): Answer<unknown> => ({
          detail: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((answer) => process.send?.(answer, () => process.disconnect()))
  })
}
