import type { DeviceKind } from '../hub/devices/device-kind.ts'
import type { Discovering } from '../hub/discovery/discover.ts'
import type { ManifestChange, ManifestText } from '../hub/seal/manifest.ts'
import type { Mirrored, MirrorJournal } from '../hub/site/mirror.ts'
import type { WorkOptions } from '../hub/devices/worker.ts'
import type { JsonObject } from '../intents/json.ts'
import type { Verdict } from './answers.ts'
import { Stop } from './exit.ts'
import { keepYoungSmall } from './young.ts'

// What runs in this process instead of in a running hub. Everything of the hub's is loaded when it is asked for,
// so that a command that only talks to a hub starts without its weight.

/** @throws an error with `faults` for an invalid config */
export async function runHub(options: {
  readonly config: string | undefined
  readonly data: string | undefined
  readonly demo: boolean
  readonly out: (line: string) => void
}): Promise<void> {
  const { up } = await import('../hub/up.ts')
  await up(options)
}

/** Simulates a config's devices until it is told to stop. @throws an error with `faults` for an invalid config */
export async function runSimulators(options: {
  readonly config: string
  /** The names of some devices; null: all. */
  readonly only: readonly string[] | null
  readonly out: (line: string) => void
}): Promise<void> {
  const { simulate } = await import('../hub/demo.ts')
  await simulate(options)
}

/** Every kind of device that there is. */
export async function kindsOfDevices(): Promise<readonly DeviceKind[]> {
  const { deviceKinds } = await import('../hub/devices/device-kind.ts')
  return deviceKinds()
}

/** One kind of device; null where there is none of that name. */
export async function kindOfDevice(protocol: string): Promise<DeviceKind | null> {
  const { deviceKind } = await import('../hub/devices/device-kind.ts')
  return deviceKind(protocol)
}

/** Who announces itself on the networks of this machine, within so long. */
export async function discoverDevices(forMs: number, signal: AbortSignal): Promise<Discovering> {
  const { discover } = await import('../hub/discovery/discover.ts')
  return discover(forMs, signal)
}

/** Carries out slow jobs until it is told to stop. @throws an error with `faults` for an invalid config */
export async function runWorker(options: WorkOptions): Promise<void> {
  const { work } = await import('../hub/devices/worker.ts')
  await work(options)
}

/** Verifies a record from its stored bytes alone: of a data folder, or where `config`, a file, says that it is. */
export async function verifyStored(data: string, config: string | null): Promise<Verdict> {
  const { verifyConfigured, verifyJournal } = await import('../hub/audit/offline.ts')
  return config === null ? verifyJournal(data) : verifyConfigured(config, data)
}

export interface SealAudit {
  readonly verdict: JsonObject
  /** What the command ends with. */
  readonly exit: number
  readonly lines: readonly (readonly [word: string, text: string])[]
}

/** Audits the seal in a data folder; null where nothing is sealed. @throws an error that says what was given wrong */
export async function auditFolder(
  data: string,
  options: {
    readonly keys: readonly string[]
    readonly policy: string | null
    readonly heads: readonly string[]
    readonly strict: boolean
    readonly root: string | null
    readonly manifest: string | null
  },
): Promise<SealAudit | null> {
  keepYoungSmall()
  const { auditSeal } = await import('../hub/audit/audit.ts')
  const audit = await auditSeal(data, options)
  return audit === null ? null : { ...audit, verdict: audit.verdict as unknown as JsonObject } // nothing but JSON
}

/** Writes part of a sealed record to a file. @throws an error that says what was given wrong */
export async function exportSealed(options: {
  readonly data: string
  readonly from: string | null
  readonly to: string | null
  readonly around: { readonly id: string; readonly minutes: number } | null
  readonly out: string
  readonly disclose: {
    readonly of: 'all' | readonly string[]
    readonly config: string | null
  } | null
}): Promise<{
  from: number
  to: number
  size: number
  origin: string
  cosigners: readonly string[]
  disclosed: number
}> {
  const { exportBundle } = await import('../hub/audit/export.ts')
  return exportBundle(options)
}

/** The same, of what a running hub serves. @throws an error that says what was given wrong */
export async function exportServed(
  url: string,
  token: string | null,
  options: Omit<Parameters<typeof exportSealed>[0], 'data' | 'disclose'>,
): ReturnType<typeof exportSealed> {
  const { exportUrl } = await import('../hub/audit/export-url.ts')
  return answered(() => exportUrl(url, token, options))
}

/** Audits a bundle, or a proof of one line, which stands in the file `line`. @throws an error that says what was given wrong */
export async function auditFile(
  file: string,
  line: string | null,
  options: Parameters<typeof auditFolder>[1],
): Promise<SealAudit> {
  keepYoungSmall()
  const { auditProofFile, isProofFile } = await import('../hub/audit/proof-files.ts')
  const { auditBundleFile } = await import('../hub/audit/audit.ts')
  const audit = isProofFile(file)
    ? auditProofFile(file, line, options)
    : await auditBundleFile(file, options)
  return { ...audit, verdict: audit.verdict as unknown as JsonObject } // nothing but JSON
}

/** Writes a report of part of a sealed record; what its maker found. @throws an error that says what was given wrong */
export async function makeReport(options: {
  readonly data: string
  readonly from: string | null
  readonly to: string | null
  readonly around: { readonly id: string; readonly minutes: number } | null
  readonly bundle: string | null
  readonly keys: readonly string[]
  readonly policy: string | null
  readonly out: string
  readonly version: string
}): Promise<SealAudit & { readonly entries: number }> {
  const { writeReport } = await import('../hub/audit/report.ts')
  const found = await writeReport({ ...options, madeAt: Date.now() })
  return { ...found, verdict: found.verdict as unknown as JsonObject } // nothing but JSON
}

/** Audits a report: the bundle in it, and its words. @throws an error that says what was given wrong */
export async function auditReport(
  file: string,
  options: Parameters<typeof auditFolder>[1] & { readonly version: string },
): Promise<SealAudit> {
  const { auditReportFile } = await import('../hub/audit/report.ts')
  const audit = await auditReportFile(file, options)
  return { ...audit, verdict: audit.verdict as unknown as JsonObject } // nothing but JSON
}

/** Audits a running hub's sealed log as it serves it. @throws an error that says what was given wrong */
export async function auditServed(
  url: string,
  token: string | null,
  options: Parameters<typeof auditFolder>[1],
): Promise<SealAudit> {
  const { auditUrl } = await import('../hub/audit/audit-url.ts')
  const audit = await answered(() => auditUrl(url, token, options))
  return { ...audit, verdict: audit.verdict as unknown as JsonObject } // nothing but JSON
}

/** @throws Stop (unreachable) where nobody answers */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'UnansweredError') throw cause
    throw new Stop('unreachable', cause.message, { cause })
  }
}

/** Puts a key into a manifest, signed by the root key. @throws an error that says what was given wrong */
export async function writeManifest(change: ManifestChange): Promise<ManifestText> {
  const { changeManifest } = await import('../hub/seal/manifest.ts')
  return changeManifest(change)
}

/** What a manifest says, once its root key was seen to have signed it. @throws an error that says what was given wrong */
export async function showManifest(file: string, root: string): Promise<ManifestText> {
  const { readManifest } = await import('../hub/seal/manifest.ts')
  return readManifest(file, root)
}

/** Makes a key; gives back its public half. @throws an error that says what to do */
export async function makeKey(name: string, use: 'log' | 'witness', file: string): Promise<string> {
  const { makeKeyFile } = await import('../hub/seal/witness-server.ts')
  return makeKeyFile(name, use, file)
}

/** Runs a witness until it is told to stop. @throws an error that says what to do */
export async function runWitness(options: {
  readonly keyFile: string
  readonly logFiles: readonly string[]
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly out: (line: string) => void
}): Promise<void> {
  const { serveWitness } = await import('../hub/seal/witness-server.ts')
  await serveWitness(options)
}

/**
 * Copies the journal of a data folder, or of a config's log, to a server.
 * @throws RangeError where nothing says which site it is
 */
export async function mirrorStored(options: MirrorJournal): Promise<Mirrored> {
  const { mirrorJournal } = await import('../hub/site/mirror.ts')
  return mirrorJournal(options)
}

interface Fault {
  /** All of it in one line: `infra.yaml:12:11 devices.desk.port: expected …, found …`. */
  readonly message: string
}

export type Checked =
  { readonly ok: true } | { readonly ok: false; readonly faults: readonly Fault[] }

export async function checkFile(file: string): Promise<Checked> {
  const { checkConfig } = await import('../hub/configure.ts')
  return checkConfig(file)
}

export async function schemaOfConfig(): Promise<JsonObject> {
  const { configSchema } = await import('../hub/configure.ts')
  return configSchema()
}

export interface Finding {
  readonly name: string
  /** `missing`: something does not work without it; `optional`: it is only nice to have. */
  readonly state: 'ok' | 'optional' | 'missing'
  readonly detail: string
  /** How to get it; null where nothing is missing. */
  readonly fix: string | null
}

export async function examine(config: string | null): Promise<readonly Finding[]> {
  const { doctor } = await import('../hub/doctor/doctor.ts')
  return doctor(config)
}

export interface TokenOwner {
  readonly name: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

/** Makes a token and gives it out, this once: only its hash is stored. @throws TokenError */
export async function makeToken(data: string, name: string): Promise<string> {
  const { addToken, tokenFile } = await import('../hub/tokens.ts')
  return addToken(tokenFile(data), name, new Date())
}

export async function tokenOwners(data: string): Promise<readonly TokenOwner[]> {
  const { listTokens, tokenFile } = await import('../hub/tokens.ts')
  return listTokens(tokenFile(data)).map(({ name, createdAt }) => ({ name, createdAt }))
}

/** @throws TokenError, also where there is no token of that name */
export async function endToken(data: string, name: string): Promise<void> {
  const { removeToken, tokenFile } = await import('../hub/tokens.ts')
  removeToken(tokenFile(data), name)
}
