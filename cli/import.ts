import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { ImportedConfig } from '../hub/import.ts'
import { isName } from '../intents/id.ts'
import { Stop } from './exit.ts'
import { end, note, paint, plain, print, printJson } from './output.ts'
import { example, jsonOption, wantsJson } from './settings.ts'

/** Beside the config that is written. */
const pictureFolder = 'pictures'

interface ImportWords {
  readonly to?: string
  readonly site: string
}

export function addImport(program: Command): void {
  const command = program.command('import').summary('make a config of another program’s')
  command.description('Make a config of what another program exports.')
  example(command, 'infra import companion studio.companionconfig --to infra.yaml')

  const companion = command
    .command('companion <file>')
    .summary('a .companionconfig of Bitfocus Companion')
    .description(
      'Make a config of an export of Companion: gzipped JSON, JSON or YAML, of every version from 2.0 to 5.0. What has no counterpart is listed by its place, with the reason. No password is carried over.',
    )
    .option('--to <file>', 'write the config there, and its pictures beside it (default: stdout)')
    .option('--site <name>', 'the name of the site', 'studio')
  example(
    jsonOption(companion),
    'infra import companion studio.companionconfig --to infra.yaml',
    'infra import companion page.companionconfig > infra.yaml',
  ).action(async (file: string, { to, site }: ImportWords) => {
    if (!isName(site))
      throw new Stop('usage', `"${site}" is no name of a site`, {
        hint: 'a letter, then letters, digits, "-" or "_", at most 64',
      })
    const made = await imported(file, to !== undefined, site)
    if (to !== undefined) writeAll(to, made)
    report(made, to ?? null, wantsJson(companion))
  })
}

/** @throws Stop (config) where the file is no export */
async function imported(file: string, hasFolder: boolean, site: string): Promise<ImportedConfig> {
  const bytes = readFileSync(file)
  const { importCompanion } = await import('../hub/import.ts')
  try {
    return await importCompanion(bytes, {
      site,
      pictureFolder: hasFolder ? pictureFolder : null,
      name: basename(file),
    })
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ExportError')
      throw new Stop('config', `${file}: ${cause.message}`, { cause })
    throw cause
  }
}

/** The config and its pictures. Nothing is written over. @throws Error with `code` and `path` */
function writeAll(to: string, { text, pictures }: ImportedConfig): void {
  writeFileSync(to, text, { flag: 'wx' })
  if (pictures.size > 0) mkdirSync(join(dirname(to), pictureFolder), { recursive: true })
  for (const [path, url] of pictures)
    writeFileSync(join(dirname(to), path), Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'), {
      flag: 'wx',
    })
}

/** The config on stdout and the report on stderr; where the config went to a file, the report on stdout. */
function report(made: ImportedConfig, to: string | null, json: boolean): void {
  const { text, gaps, counts, version, faults, pictures } = made
  const say = to === null ? note : print
  if (json)
    printJson({
      version,
      counts,
      pictures: [...pictures.keys()],
      gaps,
      faults,
      to,
      ...(to === null ? { config: text } : {}),
    })
  else {
    if (to === null) print(text.trimEnd())
    for (const { place, what, why } of gaps)
      say(`${plain(place)}: ${plain(what)}: ${paint('warn', plain(why))}`)
    say(
      `${counts.devices} devices, ${counts.controls} controls and ${counts.macros} macros of version ${version}; ${gaps.length} parts to look at${to === null ? '' : `  ${paint('good', 'written')}  ${plain(to)}`}`,
    )
  }
  for (const { message } of faults) note(plain(message))
  if (faults.length > 0) end('config')
}
