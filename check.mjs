// Runs the parts of `npm run check` side by side, one for each core; what each says stays together. Fails where one did.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process from 'node:process'

/** @type {Record<string, string>} */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
// as they stand there, the longest first
const parts = Object.keys(scripts).filter((name) => name.startsWith('check:'))

/** @param {string} part @returns {Promise<void>} */
const run = (part) =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', part], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (said += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) process.exitCode = 1
      process.stdout.write(`${code === 0 ? 'ok' : 'FAILED'}  ${part}\n${said}`)
      resolve()
    })
  })

async function runRest() {
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) await run(part)
}
await Promise.all(Array.from({ length: availableParallelism() }, runRest))
