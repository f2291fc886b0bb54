import { access, constants } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../intents/event.ts'
import { failed, type Failure } from '../../intents/failure.ts'
import { codeOf } from '../../wire/system-reason.ts'
import { DeliveryError, type Link, type LinkContext } from '../adapter.ts'
import { type Lookout, openLookout } from '../lookout.ts'
import { cutOff } from './cut-off.ts'
import { compiled, type Program, type ScriptCommand, type ScriptOptions } from './options.ts'
import { graceMs, type Running, start } from './run.ts'

/** 30 s: what takes longer in a control room is a service and no script. */
const longestRunMs = 30_000

/** What a system error at the start of a program means. */
const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'it, its interpreter or its working folder is not there',
  EACCES: 'it may not be run: is it executable?',
  ENOEXEC: 'it is no program: does a script begin with #! and its interpreter?',
  E2BIG: 'its arguments are too long',
  EAGAIN: 'this machine runs too many programs',
  ENOMEM: 'this machine has no memory left',
}

/** See README.md: the life of one command. */
export class ScriptLink implements Link<ScriptCommand> {
  readonly #options: ScriptOptions
  readonly #context: LinkContext
  readonly #running = new Set<Running>()
  /** How many may not be started now: those that run, with those that were told to end and have not yet. */
  #taken = 0
  readonly #freed = new Set<() => void>()
  readonly #closing = new AbortController()
  #lookout: Lookout | null = null

  constructor(options: ScriptOptions, context: LinkContext) {
    this.#options = options
    this.#context = context
  }

  open(): void {
    let said = ''
    this.#lookout = openLookout(
      async () => {
        const { there, missing } = await this.#look()
        said = missing.length === 0 ? 'all programs are there' : `not there: ${missing.join(', ')}`
        return there.length === 0 ? said : null
      },
      (up, why) => this.#context.changed(up, up ? said : why),
    )
  }

  async send({ of, name, args }: ScriptCommand, signal: AbortSignal): Promise<Ack> {
    const program = compiled(this.#options)[of].get(name)?.program
    if (program === undefined) throw new DeliveryError(failed('not-found', `no program ${name}`))
    await this.#room(signal)
    const barrier = this.#context.barred()
    if (barrier !== null) {
      this.#free()
      throw new DeliveryError(barrier)
    }
    const running = start(program, args)
    this.#running.add(running)
    const over = running.ended.then((ended) => {
      this.#running.delete(running)
      this.#free()
      return ended
    })
    const withinMs = program.timeoutMs ?? longestRunMs
    const cut = cutOff(signal, this.#closing.signal, withinMs)
    const end = await Promise.race([over, cut.promise])
    cut.cancel()
    if (typeof end !== 'string') return this.#ended(name, program, running, end)
    running.stop()
    const code = end === 'closed' ? 'unreachable' : 'timeout'
    const why = {
      closed: 'the link was closed',
      deadline: 'it was not done in time',
      timeout: `it was not done within ${withinMs} ms`,
    }[end]
    const detail = `program ${name}: ${why}, and was ended`
    throw new DeliveryError({ code, reached: 'maybe', detail })
  }

  async test(): Promise<string> {
    const { there, missing } = await this.#look()
    if (this.#closing.signal.aborted) throw new DeliveryError(closed)
    if (missing.length > 0)
      throw new DeliveryError(failed('unreachable', shortened(`not there: ${missing.join(', ')}`)))
    return `${there.length} programs are there; none was run`
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#lookout?.close()
    for (const wake of this.#freed) wake()
    for (const running of this.#running) running.stop()
    const all = Promise.all([...this.#running].map((running) => running.ended))
    // what a kernel holds in a call that never returns is not waited for
    const waiting = new AbortController()
    await Promise.race([all, sleep(2 * graceMs, undefined, waiting)]).finally(() => waiting.abort())
  }

  /** One more may run. */
  #free(): void {
    this.#taken--
    for (const wake of this.#freed) wake()
  }

  /** Waits until one more may run, and takes its place. @throws DeliveryError nothing was run */
  async #room(signal: AbortSignal): Promise<void> {
    for (;;) {
      if (this.#closing.signal.aborted) throw new DeliveryError(closed)
      if (signal.aborted)
        throw new DeliveryError(failed('timeout', 'no time was left to run it: others still run'))
      if (this.#taken < this.#options.concurrency) {
        this.#taken++
        return
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#freed.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#freed.add(wake)
        signal.addEventListener('abort', wake)
      })
    }
  }

  #ended(
    name: string,
    program: Program,
    { output, errors }: Running,
    end: Awaited<Running['ended']>,
  ): Ack {
    const secrets = Object.values(program.env ?? {})
    if (end.type === 'error') {
      const code = codeOf(end.error)
      const why = meanings[code] ?? 'it could not be started'
      this.#lookAgain()
      throw new DeliveryError(failed('unreachable', `program ${name}: ${why} (${code})`))
    }
    this.#lookout?.found()
    const said = errors.line(secrets) || output.line(secrets)
    const words = said === '' ? '' : `: ${said}`
    if (end.type === 'signal') {
      const detail = `program ${name} was ended by ${end.signal} in the middle${words}`
      throw new DeliveryError({ code: 'malformed', reached: 'maybe', detail: shortened(detail) })
    }
    this.#context.report(`${name}/exit`, end.code)
    this.#context.report(`${name}/output`, output.line(secrets))
    if (end.code === 0) return 'confirmed'
    const detail = `program ${name} ended with ${end.code}${words}`
    throw new DeliveryError({ code: 'refused', reached: 'yes', detail: shortened(detail) })
  }

  /** One program is gone: whether all are. */
  #lookAgain(): void {
    void this.#look().then(({ there, missing }) => {
      if (there.length === 0) this.#lookout?.lost(shortened(`not there: ${missing.join(', ')}`))
    })
  }

  /** Which programs of the list can be run. */
  async #look(): Promise<{
    readonly there: readonly string[]
    readonly missing: readonly string[]
  }> {
    const { programs, sets } = this.#options
    const paths = [...new Set([programs, sets].flatMap(Object.values<Program>).map((p) => p.path))]
    const there: string[] = []
    const missing: string[] = []
    for (const path of paths) {
      const runs = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      ;(runs ? there : missing).push(path)
    }
    return {
      there,
      missing: missing.length === 0 && there.length === 0 ? ['any program'] : missing,
    }
  }
}

const closed: Failure = failed('unreachable', 'the link is closed')

/** A failure's text has at most 500 characters. */
function shortened(text: string): string {
  return text.length > 500 ? `${text.slice(0, 499)}…` : text
}
