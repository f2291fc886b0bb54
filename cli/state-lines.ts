import type { RoomState } from '../hub/audit/room-state.ts'
import type { Life } from './answers.ts'
import { paint, plain } from './output.ts'
import { actorPhrase, intentPhrase, moment, outcomeTone, span, valuePhrase } from './phrase.ts'
import { table, type Cell } from './table.ts'

/** Why a link is down, in a table; all of it is in `--json`. Characters. */
const longestDetail = 40

/** The room at a moment, for people. */
export function stateLines(state: RoomState): readonly string[] {
  const { position, at, entries, held, since, unread, activity } = state
  const about = (word: string, text: string) => `${word.padEnd(10)}${text}`
  return [
    about(
      'moment',
      at === null || position === null
        ? 'nothing is recorded'
        : `${moment(at)}, position ${plain(position)}, after ${entries} entries`,
    ),
    ...(since === null
      ? []
      : [
          about(
            'known',
            paint(
              'warn',
              `only from line ${since.line}${since.at === null ? '' : `, ${moment(since.at)}`} on: what was set before, and not since, is not here`,
            ),
          ),
        ]),
    ...(unread === 0
      ? []
      : [about('unread', paint('warn', `${unread} entries, of which there is only the hash`))]),
    about(
      'hold',
      held === null ? 'not known' : held ? paint('bad', 'on: devices get nothing') : 'off',
    ),
    about(
      'done',
      Object.entries(activity.ended)
        .filter(([, count]) => count > 0)
        .map(([outcome, count]) => `${count} ${outcome}`)
        .join(', ') || 'nothing yet',
    ),
    ...section(
      ['hub', 'since', 'version', 'config'],
      Object.entries(state.hubs).map(([hub, { up, at, version, config }]) => [
        up ? hub : { text: `${hub} (stopped)`, tone: 'faint' },
        moment(at),
        version,
        config.slice(0, 12),
      ]),
    ),
    ...section(
      ['open', 'who', 'what', 'for', 'id'],
      state.open.map((life: Life): Cell[] => [
        life.status,
        actorPhrase(life.actor),
        intentPhrase(life.intent),
        at === null ? '' : span(at - life.at),
        life.id,
      ]),
    ),
    ...section(
      ['device', 'link', 'path', 'desired', 'reported'],
      state.devices.flatMap(deviceRows),
    ),
    ...section(
      ['macro', 'step', 'since', 'wakes', 'run'],
      state.runs.map(({ macro, step, startedAt, wakeAt, run }) => [
        macro,
        String(step + 1),
        moment(startedAt),
        wakeAt === null ? '' : moment(wakeAt),
        run,
      ]),
    ),
    ...section(
      ['control', 'pending', 'last', 'who', 'when'],
      Object.entries(state.panel).map(([control, { pending, last }]): Cell[] => [
        control,
        String(pending),
        last === null ? '' : { text: last.outcome, tone: outcomeTone(last.outcome) },
        last?.actor ?? '',
        last === null ? '' : moment(last.at),
      ]),
    ),
    ...section(
      ['lease', 'hub', 'token', 'since'],
      Object.entries(state.leases).map(([lease, { hub, token, since }]) => [
        lease,
        hub ?? 'nobody',
        String(token),
        moment(since),
      ]),
    ),
  ]
}

/** A table with an empty line before it; nothing where it has no rows. */
function section(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly string[] {
  return rows.length === 0 ? [] : ['', ...table(heading, rows)]
}

/** One row for each path that was set or reported, and one for a device of which only the link is known. */
function deviceRows({ id, link, desired, reported }: RoomState['devices'][number]): Cell[][] {
  const paths = [...new Set([...Object.keys(desired), ...Object.keys(reported)])].toSorted()
  const linked: Cell =
    link.up === null
      ? { text: 'not known', tone: 'faint' }
      : link.up
        ? { text: 'up', tone: 'good' }
        : { text: `down: ${link.detail.slice(0, longestDetail)}`, tone: 'bad' }
  const rows = paths.map((path): Cell[] => [path, valueAt(desired, path), valueAt(reported, path)])
  return (rows.length === 0 ? [[]] : rows).map((row, i) =>
    i === 0 ? [id, linked, ...row] : ['', '', ...row],
  )
}

function valueAt(values: RoomState['devices'][number]['reported'], path: string): string {
  const found = values[path]
  return found === undefined ? '' : valuePhrase(found.value)
}
