import type { Static, TObject } from 'typebox'
import { Value } from 'typebox/value'
import { loadConfig } from '../config/load.ts'
import type { ConfigFault } from '../config/fault.ts'
import type { Judge } from '../import-companion/bench.ts'
import { importExport, type Imported } from '../import-companion/import.ts'
import { yamlOf } from '../import-companion/write.ts'
import type { DeviceId } from '../intents/id.ts'
import type { Json, JsonObject } from '../intents/json.ts'
import { loadParts, type Parts } from './parts.ts'

/** A config made of another program's, and what of it was not carried over. */
export interface ImportedConfig extends Omit<Imported, 'config'> {
  /** YAML. */
  readonly text: string
  /** Why `infra config check` would refuse it: it is larger than a config may be. Empty where it would not. */
  readonly faults: readonly ConfigFault[]
}

export interface CompanionOrder {
  readonly site: string
  /** Below the config's folder; null: pictures are left out. */
  readonly pictureFolder: string | null
  /** For the head of the file: where it comes from. */
  readonly name: string
}

/** Makes our config of an export of Companion. @throws ExportError where the bytes are none */
export async function importCompanion(
  bytes: Uint8Array,
  { site, pictureFolder, name }: CompanionOrder,
): Promise<ImportedConfig> {
  const parts = await loadParts()
  const { config, ...rest } = importExport(bytes, { site, pictureFolder, judge: judgeOf(parts) })
  const text = yamlOf(
    config,
    `Made of ${name.replaceAll(/[^\x20-\x7e]/g, '?')}, an export of Companion (version ${rest.version}), by infra import companion.\n` +
      `${rest.gaps.length} of its parts are to be looked at: infra import companion says which.`,
  )
  const loaded = loadConfig(text, 'infra.yaml', parts.config)
  return { ...rest, text, faults: loaded.ok ? [] : loaded.faults }
}

/** Our adapters' own word on what a device of theirs takes. */
function judgeOf({ adapters }: Parts): Judge {
  const filled = (protocol: string, options: JsonObject) => {
    const adapter = adapters.get(protocol)
    if (adapter === undefined) return null
    const whole: unknown = Value.Default(adapter.options, structuredClone(options))
    return { adapter, whole: whole as JsonObject } // an object stays one
  }
  return {
    device(protocol, options) {
      const found = filled(protocol, options)
      if (found === null) return `there is no adapter ${protocol}`
      const [fault] = Value.Errors(found.adapter.options, found.whole)
      return fault === undefined ? null : `${fault.instancePath || 'its options'} ${fault.message}`
    },
    fire(protocol, options, action, args) {
      const found = filled(protocol, options)
      if (found === null) return `there is no adapter ${protocol}`
      const intent = {
        verb: 'fire',
        device: 'imported' as DeviceId,
        action,
        args: args as Json,
      } as const
      const plan = found.adapter.plan(intent, found.whole as Static<TObject>, new Map())
      return plan.ok ? null : plan.failure.detail
    },
  }
}
