import { exitCodes, type Exit, type Stop } from './exit.ts'

// Results go to stdout, everything else to stderr, so that `infra … | jq` sees results only.

/** The meaning of a colour, not its name: one place decides how it looks. */
export type Tone = 'good' | 'bad' | 'warn' | 'faint' | 'strong'

const codes: Readonly<Record<Tone, number>> = { good: 32, bad: 31, warn: 33, faint: 2, strong: 1 }

/** Whether a person sees it in a terminal that shows colour. `NO_COLOR` follows no-color.org: any text but none. */
export function coloured(stream: { isTTY?: boolean }): boolean {
  return (
    stream.isTTY === true &&
    (process.env['NO_COLOR'] ?? '') === '' &&
    process.env['TERM'] !== 'dumb'
  )
}

const colour = coloured(process.stdout)

/** `text` in the tone's colour where stdout shows colours. */
export function paint(tone: Tone, text: string): string {
  return colour ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text
}

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/**
 * Text from outside (a device's answer, a name in an OSC packet) made safe to show: hostile, it could move the
 * cursor or rewrite lines of the terminal. Control and direction characters become `\xNN`.
 */
export function plain(text: string): string {
  return text.replace(control, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** A result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** A result for machines: one JSON value on one line. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** What is said beside the result. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Sets how the process ends, without cutting off what stdout still holds. */
export function end(exit: Exit): void {
  process.exitCode = exitCodes[exit]
}

/** In place of a result: why there is none, so that with `--json` stdout always holds one JSON value. */
export function printStopJson(stop: Stop): void {
  printJson(stop.problem ?? { code: stop.exit, detail: stop.message, hint: stop.hint })
}

/** Says to a person why the command stopped, and what to do. */
export function noteStop(stop: Stop): void {
  // each fault of a config is a line of its own
  const lines = stop.exit === 'config' ? stop.message.split('\n') : [stop.message]
  for (const line of lines) note(`infra: ${plain(line)}`)
  if (stop.hint !== null) note(`  ${stop.hint}`)
}
