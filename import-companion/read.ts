import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { tooDeepAt } from '../config/nesting.ts'
import { isObject, type JsonObject } from '../intents/json.ts'

// Companion writes its exports as gzipped JSON, as JSON or as YAML, all under the name `.companionconfig`; what a file is
// stands in its first bytes. The file is hostile: it comes from anywhere.

/** 64 MiB of text: pictures in it included, an export of a large site has a fifth of that. */
export const maxTextBytes = 64 * 1024 * 1024
/** 8 MiB: what reads YAML takes a second for each. */
export const maxYamlBytes = 8 * 1024 * 1024
/** Deeper than groups in groups of a person's making, and shallow enough for every recursion over it. */
export const maxDepth = 64

/** A file that is no export, or not one that can be read: what to do stands in its text. */
export class ExportError extends Error {
  override readonly name = 'ExportError'
}

/** The export as the file has it. @throws ExportError */
export function readExport(bytes: Uint8Array): JsonObject {
  const text = textOf(bytes)
  const value = parsed(text)
  if (isTooDeep(value))
    throw new ExportError(
      `its values are nested deeper than ${maxDepth}: no export of Companion is`,
    )
  // plain JSON by now, or what YAML has of the kind; whatever else it may hold is looked at where it is read
  const found = value as JsonObject | null
  if (!isObject(found ?? undefined))
    throw new ExportError(
      'this is no export of Companion: expected one that it writes, JSON or YAML',
    )
  return found as JsonObject // isObject, just above
}

function textOf(bytes: Uint8Array): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b // RFC 1952, section 2.3.1
  if (!isGzip && bytes.length > maxTextBytes) throw tooLarge()
  try {
    const plain = isGzip ? gunzipSync(bytes, { maxOutputLength: maxTextBytes }) : bytes
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge() // more than maxOutputLength came out
    throw new ExportError(
      isGzip
        ? 'the gzip data are damaged: export it again'
        : 'the file is not text: expected UTF-8',
      { cause },
    )
  }
}

function tooLarge(): ExportError {
  return new ExportError(
    `it holds more than ${maxTextBytes / 1024 / 1024} MiB: export page by page, or without the image library`,
  )
}

function parsed(text: string): unknown {
  if (/^\s*\{/.test(text.slice(0, 64)))
    try {
      return JSON.parse(text)
    } catch {
      // `{ a: 1 }` is YAML and not JSON: what is wrong is said below
    }
  if (Buffer.byteLength(text) > maxYamlBytes)
    throw new ExportError(
      `it is YAML of more than ${maxYamlBytes / 1024 / 1024} MiB: export it as JSON`,
    )
  if (tooDeepAt(text) !== null)
    throw new ExportError(
      `its values are nested deeper than ${maxDepth}: no export of Companion is`,
    )
  try {
    return parse(text, { maxAliasCount: 100, logLevel: 'error' })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]?.slice(0, 200) : ''
    throw new ExportError(`it is neither JSON nor YAML that can be read: ${why}`, { cause })
  }
}

/** Without recursion: the answer is for those that recurse. */
function isTooDeep(root: unknown): boolean {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return false
}
