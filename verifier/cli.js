import { createReadStream as open, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { auditBundle, auditFolder } from './audit.js'
import { toBytes } from './node.js'
import { must, parseKey, parsePolicy } from './trust.js'

// The program for Node: what it is asked, the files, and what it prints: some of that may be an attacker's.
const usage = `usage: node infra-verify.mjs PATH --key VKEY [--policy FILE] [--head FILE] [--strict]
PATH      the data folder of a hub, or a bundle (.ifw.ndjson)
--key     a public key of the log that you trust, or a file with it; again for more
--policy  a file with the logs and witnesses that you trust, and how many it takes
--head    a checkpoint that you have from a witness or an earlier visit; again for more
--strict  each line must be its own canonical form
Ends with 0 where all is good, 2 where this was asked wrongly, else with 5 to 12: what the verdict says.`

/** @param {string} dir @param {RegExp} form */
const filesIn = (dir, form) =>
  (existsSync(dir) ? readdirSync(dir).sort() : []).filter((one) => form.test(one)).map((one) => join(dir, one))

try {
  /** @type {[{ type: 'string' }, { type: 'string', multiple: true }, { type: 'boolean' }]} */
  const [one, more, flag] = [{ type: 'string' }, { type: 'string', multiple: true }, { type: 'boolean' }]
  const asked = parseArgs({ allowPositionals: true, options: { key: more, head: more, policy: one, strict: flag } })
  const { key = [], head = [], policy, strict = false } = asked.values
  const [path = '', ...rest] = asked.positionals
  must(path !== '' && rest.length === 0, `name one thing to verify\n\n${usage}`)
  const isFile = statSync(path).isFile()
  must(policy ?? key[0], `whose is ${path}? Give the log's key with --key: never take it from there`)
  const keys = key.map((given) => parseKey(existsSync(given) ? readFileSync(given, 'utf8') : given))
  const base = parsePolicy(policy === undefined ? 'quorum none' : readFileSync(policy, 'utf8'))
  const folder = join(path, 'witness')
  const files = filesIn(join(folder, 'segments'), /^\d{6,}\.ndjson$/)
  const heads = [...filesIn(join(folder, 'checkpoints'), /^\d+$/), ...filesIn(folder, /^checkpoint$/), ...head]
  const notes = heads.map((file) => ({ name: file, note: readFileSync(file) }))
  const options = { name: isFile ? path : folder, strict, policy: { ...base, logs: [...base.logs, ...keys] }, notes }
  const beside = filesIn(join(path, 'disclosures'), /^\d{6}\.txt$/).map((file) => readFileSync(file, 'utf8'))
  const texts = beside.flatMap((text) => text.split('\n').slice(0, -1)) // KEY {"salt":…}: as a bundle discloses it
  const kept = texts.map((text) => toBytes(text.replace(/^(\S*) \{(.*)$/, '{"disclosed":{"commitment":"$1",$2}')))
  const { lines, exit } = await (isFile ? auditBundle(open(path), options) : auditFolder(files, open, kept, options))
  for (const [word, said] of lines) console.log(word.padEnd(14) + said.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd'))
  process.exitCode = exit
} catch (/** @type {any} */ error) {
  console.error(`infra-verify: ${error.message}${/^ERR_PARSE/.test(error.code) ? `\n\n${usage}` : ''}`)
  process.exitCode = 2
}
