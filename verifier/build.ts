import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { verifierPage, verifierProgram } from './made.ts'

// Writes what an auditor is given to dist/: `npm run build:verifier`.

const dist = new URL(import.meta.url.endsWith('.ts') ? '../dist/' : '../', import.meta.url)
mkdirSync(dist, { recursive: true })
const program = new URL('infra-verify.mjs', dist)
writeFileSync(program, verifierProgram())
chmodSync(program, 0o755)
writeFileSync(new URL('infra-verify.html', dist), verifierPage())
