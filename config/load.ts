import { createHash } from 'node:crypto'
import type { TObject } from 'typebox'
import { siteDevice } from '../intents/id.ts'
import { checkSchedules } from './schedule.ts'
import { checkTriggers } from './trigger.ts'
import { checkAsked, type IntentFault } from './asked.ts'
import { check, type CheckRun } from './check.ts'
import type { Config } from './config.ts'
import { configOf } from './convert.ts'
import { byPlace, type ConfigFault } from './fault.ts'
import { checkFiles, type FileFault } from './files.ts'
import { checkOptions, kindsOf, withKinds } from './kinds.ts'
import { checkLaneSecrets } from './lane.ts'
import { withNamed } from './named.ts'
import { checkPictures } from './pictures.ts'
import { type Shelf, withProfiles } from './profiles.ts'
import { checkRanges } from './ranges.ts'
import { checkAddresses, checkCustody, checkCycles, checkLog } from './relations.ts'
import { ruleOf } from './rule.ts'
import { checkRunArgs } from './run-args.ts'
import { type FileForm, fileSchema, panelOptions } from './schema.ts'
import { stepDefs } from './step.ts'
import { type Located, readSource } from './source.ts'
import { checkVariables } from './variables.ts'

/** What the hub knows and this folder does not. */
export interface ConfigParts {
  /** An adapter's schema of its own keys; null for a protocol there is no adapter for. */
  adapterOptions(protocol: string): TObject | null
  surfaceOptions(type: string): TObject | null
  /** The names of the standard actions, which `do` may name. */
  readonly standardNames: ReadonlySet<string>
  /** The machine's name: the hub's name where the file gives none. */
  readonly hostName: string
  /** All there is, for "did you mean". */
  readonly protocols?: readonly string[]
  readonly surfaceTypes?: readonly string[]
  /** The profiles that there are; left out: none. */
  readonly profiles?: Shelf
  /** Looks at files that a config names. Left out: a hub starts without them, and says what it cannot do. */
  readonly fileFault?: FileFault
  /** Shows what macros ask to the devices' adapters. Left out: a hub refuses such a step when it is come to. */
  readonly intentFault?: IntentFault
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  /** Every fault of the file, in its order; never empty. */
  | { readonly ok: false; readonly faults: readonly ConfigFault[] }

/**
 * Reads a config. Never throws: whatever `text` is, the answer is a config or the list of its faults. `file` is
 * only named in them.
 */
export function loadConfig(text: string, file: string, parts: ConfigParts): LoadedConfig {
  const source = readSource(text, file)
  const faults = [...source.faults]
  if (source.root === null) return { ok: false, faults: faults.toSorted(byPlace) }

  const none: ReadonlySet<string> = new Set()
  const names = { device: none, macro: none, intent: none, variable: none }
  const bare = { file, source, faults, names }
  const root = withNamed(bare, withProfiles(bare, source.root, parts.profiles))
  const intents = keysOf(root, 'intents')
  const variables = keysOf(root, 'variables')
  const run: CheckRun = {
    file,
    source,
    faults,
    defs: { step: ruleOf(stepDefs.step) },
    names: {
      device: new Set([...keysOf(root, 'devices'), siteDevice]),
      macro: new Set(keysOf(root, 'macros')),
      intent: new Set([...intents, ...parts.standardNames]),
      variable: new Set(variables),
    },
  }
  const devices = kindsOf(run, root, {
    section: 'devices',
    key: 'protocol',
    wanted: 'an adapter',
    known: parts.protocols ?? [],
    options: (protocol) => parts.adapterOptions(protocol),
  })
  const surfaces = kindsOf(run, root, {
    section: 'surfaces',
    key: 'type',
    wanted: 'a kind of surface',
    known: parts.surfaceTypes ?? [],
    options: (type) => parts.surfaceOptions(type) ?? (type === 'web' ? panelOptions : null),
  })
  const schema = ruleOf(fileSchema(devices.schemas, surfaces.schemas))
  const checked = check(run, schema, withKinds(root, devices, surfaces), [])
  checkOptions(run, checked, devices)
  checkOptions(run, checked, surfaces)
  checkAddresses(run, checked, root)
  checkLog(run, checked, root)
  checkCustody(run, checked, root)
  checkLaneSecrets(run, checked, devices)
  checkPictures(run, root, devices)
  checkCycles(run, root)
  checkRanges(run, checked, root)
  checkTriggers(run, root)
  checkSchedules(run, root)
  checkVariables(run, root)
  checkRunArgs(run, root)
  if (parts.fileFault !== undefined) checkFiles(run, root, parts.fileFault)

  if (faults.length > 0) return { ok: false, faults: faults.toSorted(byPlace) }
  const hash = createHash('sha256').update(text).digest('hex')
  // the check above found it to be of the schema's type
  const config = configOf(checked as unknown as FileForm, parts.hostName, hash)
  if (parts.intentFault !== undefined) checkAsked(run, root, config, parts.intentFault)
  return faults.length > 0 ? { ok: false, faults: faults.toSorted(byPlace) } : { ok: true, config }
}

function keysOf(root: Located, section: string): readonly string[] {
  return [...(root.entries?.get(section)?.entries?.keys() ?? [])]
}
