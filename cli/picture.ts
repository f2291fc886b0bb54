import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Panel } from './answers.ts'
import { ask, type Hub, send } from './client.ts'
import { Stop } from './exit.ts'
import { end, plain, print, printJson } from './output.ts'
import { example, hubOf, hubOptions, wantsJson } from './settings.ts'
import { type Cell, table } from './table.ts'
import { controlPath } from './words.ts'

/** As long as every other answer of the hub may take. Milliseconds. */
const withinMs = 10_000

/** A control that shows what a device shows. */
interface Row {
  readonly place: string
  readonly text: string
  readonly picture: NonNullable<Panel['pages'][number]['controls'][number]['face']['picture']>
}

/** `infra picture`: what devices show on buttons, and why a button shows nothing. */
export function addPicture(program: Command): void {
  const picture = program
    .command('picture')
    .summary('what devices show on controls: screenshots, cameras')
    .description(
      'The controls that show a picture of a device, and whether there is one at this moment. With --out the newest picture of one control becomes a file.',
    )
    .argument('[place]', 'only the control at PAGE/ROW/COL')
    .option('--out <file>', 'write the picture of that control to a new file')
  example(
    hubOptions(picture),
    'infra picture',
    'infra picture 1/0/0',
    'infra picture 1/0/0 --out air.jpg',
  ).action(async (place: string | undefined, { out }: { out?: string }) => {
    const hub = hubOf(picture)
    const json = wantsJson(picture)
    if (out !== undefined) {
      if (place === undefined)
        throw new Stop('usage', '--out is for the picture of one control', {
          hint: 'infra picture 1/0/0 --out air.jpg',
        })
      const saved = await save(hub, controlPath(place), out)
      if (json) printJson(saved)
      else print(`saved  ${plain(out)}  ${plain(saved.type)}, ${saved.bytes} bytes`)
      return
    }
    const wanted = place === undefined ? null : controlPath(place)
    const rows = (await rowsOf(hub)).filter((row) => wanted === null || row.place === wanted)
    if (json) printJson(rows)
    else if (rows.length > 0) for (const line of lines(rows)) print(line)
    else print(`no device shows a picture ${wanted === null ? 'on any control' : `at ${wanted}`}`)
    if (wanted !== null && rows[0]?.picture.state !== 'live') end('failed')
  })
}

async function rowsOf(hub: Hub): Promise<readonly Row[]> {
  const { pages } = await ask<Panel>(hub, { method: 'GET', path: '/api/v1/panel' }, ['pages'])
  return pages
    .flatMap(({ controls }) => controls)
    .flatMap(({ page, row, col, face: { text, picture } }) =>
      picture === null ? [] : [{ place: `${page}/${row}/${col}`, text, picture }],
    )
}

function lines(rows: readonly Row[]): readonly string[] {
  return table(
    ['control', 'text', 'picture', 'now'],
    rows.map(({ place, text, picture: { device, name, state, detail } }): Cell[] => [
      place,
      text,
      `${device}/${name}`,
      state === 'live' ? { text: 'live', tone: 'good' } : { text: detail, tone: 'warn' },
    ]),
  )
}

/** Nothing is written over: a picture of a moment is not to be had again. @throws Stop, ConnectionLost, Error of the file */
async function save(hub: Hub, place: string, file: string) {
  const path = `/api/v1/controls/${place}/picture`
  const response = await send(hub, { method: 'GET', path, signal: AbortSignal.timeout(withinMs) })
  const bytes = Buffer.from(await response.arrayBuffer())
  await writeFile(file, bytes, { flag: 'wx' })
  const type = response.headers.get('content-type') ?? 'of no type'
  return { file, type, bytes: bytes.length }
}
