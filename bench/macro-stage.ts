import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

// The devices of the macros' bench, and the connection that starts runs: one process, so that one clock times both ends.
// A device gets two numbers with each step: whose it is, and which.

/** What came of one run, or of one control: when each of its marks arrived, by number; `performance.now()`. */
export type Marks = readonly (number | undefined)[]

export interface Stage {
  readonly sinkPort: number
  /** A number that nobody has had, for the next run. */
  nextId(): number
  /** Resolves once `count` marks of these came, or nothing has come for five seconds and what is missing is lost. */
  marks(ids: readonly number[], count: number): Promise<readonly Marks[]>
  /** Marks that came more than once. */
  twice(): number
  close(): void
}

/** Nothing came for so long: what is missing is lost; a disk that stalls stops a durable hub for a second and more. Milliseconds. */
const patienceMs = 5000

export async function openStage(): Promise<Stage> {
  const came = new Map<number, (number | undefined)[]>()
  let lastId = 0
  let lastCame = 0
  let twice = 0
  const sink = createSocket('udp4').bind(0, '127.0.0.1')
  await once(sink, 'listening')
  sink.setRecvBufferSize(4 * 1024 * 1024)
  sink.on('message', (bytes) => {
    lastCame = performance.now()
    const id = bytes.readInt32BE(bytes.length - 8)
    const mark = bytes.readInt32BE(bytes.length - 4)
    const marks = came.get(id) ?? []
    came.set(id, marks)
    if (marks[mark] === undefined) marks[mark] = lastCame
    else twice++
  })
  const marksOf = (ids: readonly number[]) => ids.map((id) => came.get(id) ?? [])
  const count = (all: readonly Marks[]) =>
    all.reduce((sum, marks) => sum + marks.filter((at) => at !== undefined).length, 0)
  return {
    sinkPort: sink.address().port,
    nextId: () => ++lastId,
    async marks(ids, wanted) {
      lastCame = performance.now()
      while (count(marksOf(ids)) < wanted && performance.now() - lastCame < patienceMs)
        await sleep(5)
      const found = marksOf(ids)
      for (const id of ids) came.delete(id)
      return found
    },
    twice: () => twice,
    close: () => sink.close(),
  }
}

/** Lines to a hub over TCP. */
export interface Lines {
  /** Resolves with how many of them were answered with `+OK`: done, as far as the hub knows. */
  ask(lines: readonly string[]): Promise<number>
  /** Nobody waits for its answer: the last that is used. */
  tell(line: string): void
  close(): void
}

export async function openLines(port: number): Promise<Lines> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  return {
    async ask(lines) {
      socket.write(lines.map((line) => `${line}\r\n`).join(''))
      let done = 0
      for (const _ of lines) {
        const answer = await answers.next()
        if (answer.done === true) throw new Error('the hub closed the connection')
        if (answer.value.startsWith('+OK')) done++
      }
      return done
    },
    tell: (line) => void socket.write(`${line}\r\n`),
    close: () => socket.destroy(),
  }
}

/** Steps one after the other, what nothing waits for, waits, a crowd of runs, and all devices side by side. */
export function macroLines(waitsMs: readonly number[], devices: number): readonly string[] {
  const fire = (device: number, mark: string) =>
    `{ fire: d${device}, action: /mark, args: [{ expr: args.id }, ${mark}] }`
  const macro = (name: string, steps: readonly string[]) =>
    `  ${name}: { onFailure: stop, limits: { steps: 1000000 }, steps: [${steps.join(', ')}] }`
  const branches = Array.from({ length: devices }, (_, i) => `[${fire(i, String(i))}]`)
  return [
    'macros:',
    macro('row', [`{ repeat: args.times, steps: [${fire(0, '{ expr: vars.round }')}] }`]),
    macro('notes', [
      fire(0, '0'),
      '{ repeat: args.times, steps: [{ note: on the way }] }',
      fire(0, '1'),
    ]),
    macro(
      'five',
      Array.from({ length: 5 }, (_, i) => fire(0, String(i))),
    ),
    ...waitsMs.map((ms) => macro(`wait_${ms}`, [fire(0, '0'), `{ wait: ${ms}ms }`, fire(0, '1')])),
    macro('all', [`{ together: [${branches.join(', ')}] }`]),
  ]
}
