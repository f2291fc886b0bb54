/** A dock that answers at all does so within some ms. */
const answerMs = 5000

/** Why we ended it, in words of ours: what the system or a dock says may hold anything. */
export class DockGivenUp extends Error {}

/** Something that a dock was asked. */
export interface Question {
  readonly answer: Promise<Buffer>
  settle(answer: Buffer): void
  fail(why: Error): void
}

/** Ends by its answer, by a failure or after some seconds; `ended` is called then. */
export function questionOf(ended: () => void): Question {
  let settle: Question['settle'] = () => {}
  let fail: Question['fail'] = () => {}
  const answer = new Promise<Buffer>((resolve, reject) => {
    const late = setTimeout(
      () => fail(new DockGivenUp('it does not answer what it is asked')),
      answerMs,
    )
    const over = () => {
      clearTimeout(late)
      ended()
    }
    settle = (bytes) => {
      over()
      resolve(bytes)
    }
    fail = (why) => {
      over()
      reject(why)
    }
  })
  answer.catch(() => {}) // whoever waits for it is told; two that were asked at once are one question
  return { answer, settle, fail }
}
