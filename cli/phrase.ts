import type { Failure } from '../intents/failure.ts'
import { actorName, type Actor, type Intent } from '../intents/intent.ts'
import { isObject, type Json } from '../intents/json.ts'
import { succeeded, type Outcome } from '../intents/outcome.ts'
import type { Life } from './answers.ts'
import { paint, plain, type Tone } from './output.ts'

// How things are said to people: the same words in every command.

/** 160 characters: about one wide terminal line; `--json` shows all of it. */
const longest = 160

const short = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)

/** A value as one types it: bare where that is unmistakable, else JSON. */
export function valuePhrase(value: Json): string {
  return short(typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value))
}

function argsPhrase(args: Json): string {
  if (Array.isArray(args)) return args.map((value: Json) => ` ${valuePhrase(value)}`).join('')
  if (!isObject(args)) return args === null ? '' : ` ${valuePhrase(args)}`
  return Object.entries(args)
    .map(([key, value]) => ` ${key}=${valuePhrase(value)}`)
    .join('')
}

/** `fire mypro Cut Input=1`: what is wanted, in the words of the command line. */
export function intentPhrase(intent: Intent): string {
  return plain(short(bare(intent)))
}

function bare(intent: Intent): string {
  switch (intent.verb) {
    case 'fire':
      return `fire ${intent.device} ${intent.action}${argsPhrase(intent.args)}`
    case 'set':
      return `set ${intent.device} ${intent.path} ${valuePhrase(intent.value)}`
    case 'do':
      return `do ${intent.name}${argsPhrase(intent.args)}`
    case 'run':
      return `run ${intent.macro}${argsPhrase(intent.args)}`
    case 'cancel':
      return `cancel ${intent.run}`
    case 'hold':
      return `hold ${intent.on ? 'on' : 'off'}`
    default:
      return intent satisfies never
  }
}

/** `operator:anna at panel 1/0/0`. */
export function actorPhrase(actor: Actor): string {
  const name = actorName(actor)
  if (actor.type === 'operator')
    return plain(`${name} at ${actor.surface} ${actor.control}`.trimEnd())
  return plain(actor.type === 'agent' ? `${name} for ${actor.onBehalfOf}` : name)
}

/** `unreachable, nothing listens on 127.0.0.1:9100`. */
export function failurePhrase(failure: Failure): string {
  // a run that was stopped by one of its steps: its own code would say that it was refused
  const isStopped = failure.code === 'refused' && failure.reached !== 'no'
  return plain(isStopped ? failure.detail : `${failure.code}, ${failure.detail}`)
}

/** What an outcome is for the eye. */
export function outcomeTone(outcome: Outcome): Tone {
  if (succeeded(outcome)) return 'good'
  return outcome === 'cancelled' || outcome === 'expired' ? 'warn' : 'bad'
}

/** One line on how far an intent has come: how it ended, what it was, why or how fast, its id. */
export function lifePhrase(life: Life): string {
  const what = intentPhrase(life.intent)
  if (life.outcome === null) return `${life.status}  ${what}  ${life.id}`
  const { type, at, failure, by } = life.outcome
  const word = paint(outcomeTone(type), type)
  if (failure === undefined) {
    const because = by === undefined ? '' : ` by ${by}`
    return `${word}  ${what}${because}  (${span(at - life.at)})  ${life.id}`
  }
  const tries = life.attempts.length
  const attempts = tries === 0 ? '' : ` (${tries} ${tries === 1 ? 'attempt' : 'attempts'})`
  return `${word}  ${what}: ${failurePhrase(failure)}${attempts}  ${life.id}`
}

/** A length of time. `ms` may be negative where two machines' clocks differ. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
  return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`
}

const two = (part: number) => String(part).padStart(2, '0')

/** `14:05:12.123`, local: what the clock on the wall says. */
export function clock(at: number): string {
  const time = new Date(at)
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

/** `2026-03-01 14:05:12.123`, local. */
export function moment(at: number): string {
  const time = new Date(at)
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(at)}`
}
