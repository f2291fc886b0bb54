import { createReadStream as open, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { auditBundle, auditFolder } from './audit.js'
import { must, parseKey, parsePolicy } from './trust.js'

// The program for Node: what it is asked, the files, and what it prints: some of that may be an attacker's.
const usage = `usage: node infra-verify.mjs PATH --key VKEY [--policy FILE] [--head FILE] [--strict]
PATH      the data folder of a hub, or a bundle (.ifw.ndjson)
--key     a public key of the log that you trust, or a file with it; again for more
--policy  a file with the logs and witnesses that you trust, and how many it takes
--head    a checkpoint of a data folder that you have from a witness or an earlier visit; again for more
--strict  each line must be its own canonical form
Ends with 0 where all is good, 2 where this was asked wrongly, else with 5 to 12: what the verdict says.`

/** @param {string} dir @param {RegExp} form */
const filesIn = (dir, form) =>
  (existsSync(dir) ? readdirSync(dir).sort() : []).filter((one) => form.test(one)).map((one) => join(dir, one))

try {
  /** @type {[{ type: 'string' }, { type: 'string', multiple: true }, { type: 'boolean' }]} */
  const [one, more, flag] = [{ type: 'string' }, { type: 'string', multiple: true }, { type: 'boolean' }]
  const words = { key: more, head: more, policy: one, strict: flag }
  const { values, positionals } = parseArgs({ allowPositionals: true, options: words })
  const { key = [], head = [], policy, strict = false } = values
  const [path = '', ...rest] = positionals
  must(path !== '' && rest.length === 0, `name one thing to verify\n\n${usage}`)
  const isFile = statSync(path).isFile()
  must(policy ?? key[0], `whose is ${path}? Give the log's key with --key: never take it from there`)
  must(!isFile || head.length === 0, '--head is compared with a data folder: a bundle has a head of its own')
  const keys = key.map((given) => parseKey(existsSync(given) ? readFileSync(given, 'utf8') : given))
  const trusted = parsePolicy(policy === undefined ? 'quorum none' : readFileSync(policy, 'utf8'))
  const name = isFile ? path : join(path, 'witness')
  const options = { name, strict, policy: { ...trusted, logs: [...trusted.logs, ...keys] } }
  const files = filesIn(join(name, 'segments'), /^\d{6,}\.ndjson$/)
  const heads = [...filesIn(join(name, 'checkpoints'), /^\d+$/), ...filesIn(name, /^checkpoint$/), ...head]
  const notes = heads.map((file) => ({ name: file, note: readFileSync(file) }))
  const { lines, exit } = await (isFile ? auditBundle(open(path), options) : auditFolder(files, open, notes, options))
  for (const [word, said] of lines) console.log(word.padEnd(14) + said.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd'))
  process.exitCode = exit
} catch (error) {
  console.error(`infra-verify: ${/** @type {any} */ (error).message}`)
  process.exitCode = 2
}
