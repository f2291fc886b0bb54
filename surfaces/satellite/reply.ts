import { failed } from '../../intents/failure.ts'
import type { Answered } from '../desk.ts'
import type { SurfaceHost } from '../surface.ts'
import type { Client } from './client.ts'
import { lineOf, type LineValue, type SatelliteLine } from './line.ts'

type Values = Readonly<Record<string, LineValue>>

/** What a client is told of its lines. */
export interface Reply {
  ok(line: SatelliteLine, values?: Values): string
  /** Never silent: what was not understood is counted too. */
  no(line: SatelliteLine, detail: string, values?: Values): string
  /** What became of a gesture or of a value. */
  answered(line: SatelliteLine, answer: Answered, values: Values): string
}

export function replyTo(host: SurfaceHost, client: Client): Reply {
  const ok: Reply['ok'] = ({ command }, values = {}) => lineOf(`${command} OK`, values)
  return {
    ok,
    no({ command }, detail, values = {}) {
      host.rejected(client.source, failed('malformed', `${command.slice(0, 40)}: ${detail}`))
      return lineOf(`${command} ERROR`, { ...values, MESSAGE: detail })
    },
    answered(line, answer, values) {
      // a key that binds nothing is a key all the same
      if (answer.ok || answer.code === 'not-found') return ok(line, values)
      return lineOf(`${line.command} ERROR`, { ...values, MESSAGE: answer.detail })
    },
  }
}
