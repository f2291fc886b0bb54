import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verifierPage, verifierProgram } from './made.ts'

// Writes what an auditor is given to dist/: `npm run build:verifier`.

const dist = new URL(import.meta.url.endsWith('.ts') ? '../dist/' : '../', import.meta.url)
mkdirSync(dist, { recursive: true })
const program = new URL('infra-verify.mjs', dist)
writeFileSync(program, verifierProgram())
chmodSync(program, 0o755)
const page = new URL('infra-verify.html', dist)
writeFileSync(page, verifierPage())
for (const made of [program, page])
  process.stdout.write(`written  ${relative('.', fileURLToPath(made))}\n`)
