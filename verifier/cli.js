/** @import { Machine, Options } from './types.ts' */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { auditBundle, auditFolder, exits, verdictLines } from './audit.js'
import { parseKey, parsePolicy } from './trust.js'

// The program for Node: what it is asked, the files, and what it prints.

const usage = `usage: node infra-verify.mjs PATH --key VKEY [--policy FILE] [--head FILE] [--strict]
PATH      the data folder of a hub, or a bundle (.ifw.ndjson)
--key     a public key of the log that you trust, or a file with it; again for more
--policy  a file with the logs and witnesses that you trust, and how many it takes
--head    a checkpoint that you have from a witness or an earlier visit; again for more
--strict  each line must be its own canonical form
Ends with 0 where all is good, 2 where this was asked wrongly, else with 5 to 12: what the verdict says.`

/** @type {Machine} */
const machine = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  ed25519: async (key, message, signature) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature)
  },
}

/** @param {string} folder @param {RegExp} form */
const filesIn = (folder, form) =>
  (existsSync(folder) ? readdirSync(folder) : []).filter((name) => form.test(name)).map((name) => join(folder, name))

// The bytes of a file, which is opened when they are asked for.
/** @param {string} file */
async function* bytesOf(file) {
  yield* createReadStream(file, { highWaterMark: 2 ** 20 })
}

/** @param {Options} options @param {readonly string[]} heads */
function folderVerdict(options, heads) {
  const { name: folder } = options
  const files = filesIn(join(folder, 'segments'), /^\d{6,}\.ndjson$/)
    .map((name) => ({ name, first: Number.parseInt(basename(name), 10) * 65_536, chunks: bytesOf(name) }))
    .toSorted((a, b) => a.first - b.first)
  const found = [...filesIn(join(folder, 'checkpoints'), /^\d+$/), ...filesIn(folder, /^checkpoint$/), ...heads]
  const notes = found.map((name) => ({ name, note: readFileSync(name) }))
  return auditFolder(files, notes, options)
}

async function main() {
  const more = /** @type {const} */ ({ type: 'string', multiple: true })
  const words = /** @type {const} */ ({
    key: more,
    head: more,
    policy: { type: 'string' },
    strict: { type: 'boolean' },
  })
  const { values, positionals } = parseArgs({ allowPositionals: true, options: words })
  const { key = [], head = [], policy, strict = false } = values
  const [path, ...rest] = positionals
  if (path === undefined || rest.length > 0) throw new Error(`name one thing to verify\n\n${usage}`)
  const isFile = statSync(path).isFile()
  const name = isFile ? path : join(path, 'witness')
  const isOwn = policy === undefined && key.length === 0
  const own = isOwn ? [join(name, 'log.vkey')].filter((file) => existsSync(file)) : []
  if (isFile && isOwn) throw new Error(`whose is ${path}? Give the log's key with --key: never take it from the file`)
  if (isFile && head.length > 0)
    throw new Error('--head is compared with a data folder: a bundle has a head of its own')
  const text = (/** @type {string} */ file) => readFileSync(file, 'utf8')
  const keys = [...key, ...own].map((one) => parseKey(existsSync(one) ? text(one) : one, machine))
  const trusted = parsePolicy(policy === undefined ? 'quorum none' : text(policy), machine)
  const options = { machine, name, strict, policy: { ...trusted, logs: [...trusted.logs, ...keys] } }
  const verdict = await (isFile ? auditBundle(bytesOf(path), options) : folderVerdict(options, head))
  for (const [word, said] of verdictLines(verdict)) {
    const isWhose = word === 'SIGNED' && isOwn && verdict.sealed !== null
    const line = isWhose ? `${said}, by the key that lies beside it: give --key to know whose` : said
    console.log(word.padEnd(14) + line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd')) // it may be an attacker's
  }
  process.exitCode = verdict.fault === null ? 0 : exits[verdict.fault]
}

main().catch((error) => {
  console.error(`infra-verify: ${error.message}`)
  process.exitCode = 2
})
