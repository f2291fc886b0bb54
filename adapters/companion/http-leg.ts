import type { Ack } from '../../intents/event.ts'
import { failed } from '../../intents/failure.ts'
import { isObject, type Json, jsonIn, sameJson } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { either } from '../../wire/either.ts'
import { knock } from '../knock.ts'
import { openLookout } from '../lookout.ts'
import { type Answer, ask, type Asking } from './ask.ts'
import type { CompanionCommand } from './command.ts'
import { httpForm } from './forms.ts'
import { type Leg, type LegContext, quote, refusal } from './leg.ts'
import { isEnabled, plain, urlOf, valueOf } from './reading.ts'

/** 5 s: a host that swallows SYNs is not there. */
const knockMs = 5000

type Told = Extract<Answer, { type: 'answer' }>

/** Companion's HTTP API: the only one that says what became of a command, and that can be read. */
export interface HttpLeg extends Leg {
  /** The value at a path, null where Companion has none. @throws DeliveryError only */
  read(path: string, signal: AbortSignal): Promise<Json>
}

export function openHttpLeg(
  peer: { readonly host: string; readonly port: number },
  context: LegContext,
): HttpLeg {
  const name = `http ${peer.host}:${peer.port}`
  const closing = new AbortController()
  const lookout = openLookout(
    (signal) => knock(peer, knockMs, signal),
    (up, why) => context.changed(up, up ? `${name} answers` : `${name}: ${why}`),
  )

  /** @throws DeliveryError */
  async function asked(asking: Asking, signal: AbortSignal): Promise<Told> {
    if (closing.signal.aborted)
      throw new DeliveryError(failed('unreachable', `${name}: the link is closed`))
    const ends = either([signal, closing.signal])
    const answer = await ask(peer, asking, ends.signal, () =>
      asking.method === 'POST' ? context.barred() : null,
    )
    ends.done()
    if (answer.type === 'answer') {
      lookout.found()
      return answer
    }
    const { failure } = answer
    if (closing.signal.aborted)
      throw new DeliveryError({
        ...failure,
        code: 'unreachable',
        detail: `${name}: the link was closed`,
      })
    if (failure.code === 'unreachable') lookout.lost(failure.detail.slice(name.length + 2))
    throw new DeliveryError(failure)
  }

  async function read(path: string, signal: AbortSignal): Promise<Json> {
    const answer = await asked({ method: 'GET', path: urlOf(path), json: null }, signal)
    if (answer.status === 404) return null
    if (answer.status !== 200) throw refusal(statusText(answer.status, path))
    const value = valueOf(answer)
    if (value !== undefined) return value
    const detail = `${name} answered for ${path} what makes no sense`
    throw new DeliveryError({ code: 'malformed', reached: 'yes', detail })
  }

  /** Reads what was just written, and reports it. `sent` where it cannot be read: it was taken all the same. */
  async function readBack(
    path: string,
    is: (value: Json) => boolean,
    signal: AbortSignal,
  ): Promise<Ack> {
    const value = await read(path, signal).catch((error: unknown) => {
      if (error instanceof DeliveryError) return undefined
      throw error
    })
    if (value === undefined) return 'sent'
    context.report(path, value)
    if (is(value)) return 'confirmed'
    const detail = `Companion said ok, and ${path} is ${quote(JSON.stringify(value))}`
    throw new DeliveryError({ code: 'timeout', reached: 'yes', detail })
  }

  return {
    transport: 'http',
    read,
    async send(command, signal) {
      if (command.type === 'read') {
        const value = await read(command.path, signal)
        context.report(command.path, value)
        if (value === null) throw refusal(`Companion has no value at ${command.path}`)
        return 'confirmed'
      }
      const asking = httpForm(command)
      if (asking === null) throw new DeliveryError(failed('malformed', `${name} cannot say this`))
      judge(name, command, await asked(asking, signal))
      if (command.type === 'write') {
        const wanted = plain(command.value)
        return readBack(`custom-variable/${command.name}`, (is) => sameJson(is, wanted), signal)
      }
      if (command.type !== 'connection' || command.change === 'restart') return 'sent'
      const path = `connection/${command.id}`
      return readBack(path, (is) => isEnabled(is) === (command.change === 'enable'), signal)
    },
    async test(signal) {
      const { status, app } = await asked({ method: 'HEAD', path: '/', json: null }, signal)
      return app.includes('Companion')
        ? `${name}: ${quote(app)}`
        : `${name} answers with ${status}, and does not say that it is Companion`
    },
    close() {
      closing.abort()
      lookout.close()
    },
  }
}

/** What an answer says of a command. @throws DeliveryError where it was not done, or nobody can know */
function judge(name: string, command: CompanionCommand, { status, text }: Told): void {
  const where = 'location' in command ? command.location : `${command.type} ${subjectOf(command)}`
  if (status !== 200) throw refusal(statusText(status, where.trim(), text))
  // something else may listen there and say 200 to everything
  const knows = command.type === 'connection' ? isStatus(text) : text.trim() === 'ok'
  if (knows) return
  const detail = `${name} answered 200 without the ok of a Companion`
  throw new DeliveryError({ code: 'malformed', reached: 'maybe', detail })
}

function subjectOf(command: CompanionCommand): string {
  return 'name' in command ? command.name : 'id' in command ? command.id : ''
}

function isStatus(text: string): boolean {
  return isObject(jsonIn(text))
}

/** What a status other than 200 says. */
function statusText(status: number, where: string, text = ''): string {
  if (status === 204) return `Companion has no control at ${where}`
  if (status === 403) return "Companion's HTTP API is switched off in its settings"
  if (status === 404) return `Companion does not know ${where}`
  const said = quote(text)
  return `Companion refused ${where} with ${status}${said === '' ? '' : `: ${said}`}`
}
