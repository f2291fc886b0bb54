// Makes a fresh clone ready: installs the locked packages and builds dist/, each only when it is out of date.
// `npm start` and `npm test` call it first, so that either is the only command a new machine needs.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 15)) {
  console.error(`InfraFabric needs Node 20.15 or newer; this is ${process.version}.`)
  process.exit(1)
}
process.chdir(import.meta.dirname ?? new URL('.', import.meta.url).pathname)

/** @param {string} path */
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** @param {string} what @param {string} command @param {readonly string[]} args */
function run(what, command, args) {
  console.error(`setup: ${what}`)
  // stdout carries results only, so what a tool prints goes to stderr
  const done = spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) {
    console.error(
      `setup: '${command} ${args.join(' ')}' failed; mend what it says above and run this again.`,
    )
    process.exit(1)
  }
}

if (changed('node_modules/.package-lock.json') < changed('package-lock.json'))
  run('installing the locked packages', 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])

const skipped = new Set([
  'node_modules',
  'dist',
  'dist-bench',
  '.git',
  '.tap',
  'web',
  'docs',
  'data',
  'test',
  'bench',
])
/** @param {string} folder @returns {number} */
function newest(folder) {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return skipped.has(entry.name) ? 0 : newest(path)
      return /\.(ts|json|js|css)$/.test(entry.name) ? changed(path) : 0
    }),
  )
}
if (changed('dist/.built') < newest('.')) run('building dist/', 'npm', ['run', '--silent', 'build'])
