import { mkdirSync, writeFileSync } from 'node:fs'
import { verifierProgram } from './made.ts'

// Writes what an auditor is given: `npm run build:verifier`.
const dist = new URL('../dist/', import.meta.url)
mkdirSync(dist, { recursive: true })
writeFileSync(new URL('infra-verify.mjs', dist), verifierProgram())
