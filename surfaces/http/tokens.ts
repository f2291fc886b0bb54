import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isName } from '../../intents/id.ts'

/** What is kept of a token. The secret has 256 random bits, so one SHA-256 is enough: nothing can be guessed. */
export interface TokenRecord {
  readonly name: string
  /** Hex. */
  readonly sha256: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

/** `name`: not a name or taken; `unknown`: no token of that name; `file`: the file is not what was written. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly code: 'name' | 'unknown' | 'file'
  constructor(code: TokenError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Makes a token for `name` and returns it: `ift_` and 32 random bytes in base64url. This is the only time it can be
 * seen; the file keeps its hash. @throws TokenError
 */
export function addToken(file: string, name: string, now: Date): string {
  if (!isName(name))
    throw new TokenError(
      'name',
      `${JSON.stringify(name)} cannot name a token: a letter, then letters, digits, _ or -`,
    )
  const records = listTokens(file)
  if (records.some((record) => record.name === name))
    throw new TokenError(
      'name',
      `there is a token named ${name} already: remove it first, or choose another name`,
    )
  const token = `ift_${randomBytes(32).toString('base64url')}`
  const record = { name, sha256: sha256(token).toString('hex'), createdAt: now.toISOString() }
  write(file, [...records, record])
  return token
}

/** Ends a token and the sessions that were opened with it. @throws TokenError */
export function removeToken(file: string, name: string): void {
  const records = listTokens(file)
  const left = records.filter((record) => record.name !== name)
  if (left.length === records.length)
    throw new TokenError('unknown', `there is no token named ${name}`)
  write(file, left)
}

/** Every token, oldest first; none where there is no file. @throws TokenError */
export function listTokens(file: string): readonly TokenRecord[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw new TokenError('file', `${file} cannot be read`, { cause })
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new TokenError('file', `${file} is not JSON`, { cause })
  }
  if (!isFile(parsed)) throw new TokenError('file', `${file} is not a list of tokens`)
  return parsed.tokens
}

/**
 * The owners of the tokens in `file`, for a running hub: a change of the file counts from the next call. Every
 * record is compared, in constant time. The result throws TokenError while the file cannot be read: nobody gets in.
 */
export function loadTokens(file: string): (token: string) => string | null {
  let seen = ''
  let known: readonly { readonly name: string; readonly hash: Buffer }[] = []
  return (token) => {
    const stamp = stampOf(file)
    if (stamp !== seen) {
      known = listTokens(file).map(({ name, sha256 }) => ({
        name,
        hash: Buffer.from(sha256, 'hex'),
      }))
      seen = stamp
    }
    const given = sha256(token)
    let owner: string | null = null
    for (const { name, hash } of known) if (timingSafeEqual(hash, given)) owner = name
    return owner
  }
}

function isFile(value: unknown): value is { readonly tokens: readonly TokenRecord[] } {
  if (typeof value !== 'object' || value === null || !('tokens' in value)) return false
  return Array.isArray(value.tokens) && value.tokens.every(isRecord)
}

function isRecord(value: unknown): value is TokenRecord {
  if (typeof value !== 'object' || value === null) return false
  if (!('name' in value && 'sha256' in value && 'createdAt' in value)) return false
  return (
    typeof value.name === 'string' &&
    typeof value.createdAt === 'string' &&
    typeof value.sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  )
}

/** The rename gives every change an inode of its own, so two within one tick of the clock are seen too. */
function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'none' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`
}

function write(file: string, tokens: readonly TokenRecord[]): void {
  mkdirSync(dirname(file), { recursive: true }) // a token may be made before the first start
  const next = `${file}.${process.pid}.new`
  writeFileSync(next, `${JSON.stringify({ tokens }, null, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(next, file)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
