import { readFileSync } from 'node:fs'
import type { Static, TObject } from 'typebox'
import type { IntentFault } from '../config/asked.ts'
import { configJsonSchema } from '../config/jsonschema.ts'
import { loadConfig, type LoadedConfig } from '../config/load.ts'
import type { Config } from '../config/config.ts'
import type { ConfigFault } from '../config/fault.ts'
import type { FileUse } from '../config/files.ts'
import type { JsonObject } from '../intents/json.ts'
import { parsePolicy } from '../witness/check/policy.ts'
import { loadParts, type Parts } from './parts.ts'

/** A config that cannot be used; `faults` says where and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly ConfigFault[]
  constructor(faults: readonly ConfigFault[]) {
    super(faults.map((fault) => fault.message).join('\n'))
    this.faults = faults
  }
}

/**
 * The config, the files that it names, and what its macros ask of devices: a hub would start without them, and refuse such a step.
 * @throws Error where it cannot be read
 */
export async function checkConfig(file: string): Promise<LoadedConfig> {
  const parts = await loadParts()
  const intentFault = intentFaultOf(parts)
  return readConfig(file, { ...parts, config: { ...parts.config, fileFault, intentFault } })
}

/** The adapters' own word on what their devices take, as far as it depends on nothing that they report. */
export function intentFaultOf({ adapters }: Parts): IntentFault {
  return ({ protocol, options }, intent) => {
    const plan = adapters.get(protocol)?.plan(intent, options as Static<TObject>, new Map()) // against its schema, by the check
    return plan === undefined || plan.ok ? null : plan.failure
  }
}

function fileFault(use: FileUse, path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8')
    if (use === 'policy') parsePolicy(text)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** @throws Error where the file cannot be read */
export function readConfig(file: string, parts: Parts): LoadedConfig {
  return loadConfig(readFileSync(file, 'utf8'), file, parts.config)
}

/** @throws ConfigError; Error where the file cannot be read */
export async function usableConfig(file: string): Promise<Config> {
  const loaded = readConfig(file, await loadParts())
  if (!loaded.ok) throw new ConfigError(loaded.faults)
  return loaded.config
}

/** JSON Schema of the config file, for editors. */
export async function configSchema(): Promise<JsonObject> {
  const { adapters, surfaces } = await loadParts()
  const schema = configJsonSchema(
    new Map([...adapters].map(([protocol, adapter]) => [protocol, adapter.options])),
    new Map([...surfaces].map(([type, surface]) => [type, surface.options])),
  )
  return schema
}
