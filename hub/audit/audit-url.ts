import { readFileSync } from 'node:fs'
import { auditTiles } from '../../witness/audit/tiles.ts'
import { auditOf, trustedOf, type SealAudit, type SealAuditOptions } from './audit.ts'

/** What one file of a log may take. Milliseconds. */
const withinMs = 30_000
/** The largest bundle: 256 entries of at most 64 KiB, and their lengths. Bytes. */
const maxBytes = 256 * (65_535 + 2)

/** Nobody answers there. */
class UnansweredError extends Error {
  override readonly name = 'UnansweredError'
}

/**
 * Audits a running hub's sealed log, as it serves it (C2SP tlog-tiles). `url` is the hub's, or of the log itself.
 * @throws RangeError for what the auditor gave; UnansweredError where nobody answers; KeyError, PolicyError, NoteError
 */
export async function auditUrl(
  url: string,
  token: string | null,
  options: SealAuditOptions,
): Promise<SealAudit> {
  const { keys, policy, root = null } = options
  if (keys.length === 0 && policy === null && root === null)
    throw new RangeError(
      `whose is ${url}? Give the log's public key with --key, or --policy, or --root: never take it from where the log is`,
    )
  const prefix = prefixOf(url)
  const verdict = await auditTiles({
    ...trustedOf('', options),
    strict: options.strict,
    heads: options.heads.map((name) => ({ name, note: readFileSync(name) })),
    get: (path) => getServed(`${prefix}/${path}`, token),
  })
  return auditOf(verdict, false)
}

/** Where a log's files are: `url` is a hub's, or that of the log itself. */
export function prefixOf(url: string): string {
  const base = url.replace(/\/+$/, '')
  return base.endsWith('/witness') ? base : `${base}/witness`
}

/** One file of a served log; null where there is none. @throws RangeError, UnansweredError */
export async function getServed(url: string, token: string | null): Promise<Uint8Array | null> {
  const response = await ask(url, token)
  if (response.status === 404) return null
  if (response.status === 401)
    throw new RangeError(
      `${new URL(url).origin} asks for a token: --token T or INFRA_TOKEN; made with: infra token add NAME`,
    )
  if (!response.ok) throw new RangeError(`${url} answered ${response.status}`)
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes > maxBytes) throw new RangeError(`${url} is larger than any file of a log`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

async function ask(url: string, token: string | null): Promise<Response> {
  try {
    return await fetch(url, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(withinMs),
      // a hub redirects nobody: following one could hand the token to somebody else
      redirect: 'error',
    })
  } catch (cause) {
    throw new UnansweredError(
      `nobody answers at ${new URL(url).origin}: is a hub running there, and sealing?`,
      { cause },
    )
  }
}
