// Makes a fresh clone ready: installs the locked packages and builds dist/, each only when it is out of date.
// `npm start` and `npm test` call it first, so that either is the only command a new machine needs.
import { spawnSync } from 'node:child_process'
import { changed, isBuilt } from './built.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`InfraFabric needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}
process.chdir(import.meta.dirname ?? new URL('.', import.meta.url).pathname)

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

if (!isBuilt('.')) run('building dist/', 'npm', ['run', '--silent', 'build'])
