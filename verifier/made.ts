import { existsSync, readFileSync } from 'node:fs'
import { assemble } from './assemble.ts'
import { htmlDocument, verifyForm } from './document.ts'

// What an auditor is given, made of the files beside this one. They are read as they are: they are for people, too.

const near = new URL('./', import.meta.url)
const sources = existsSync(new URL('page.css', near))
  ? near
  : new URL('../../verifier/', import.meta.url) // of what is built

const read = (name: string): string => readFileSync(new URL(name, sources), 'utf8')

/** What the program and the page have in common, in the order of the argument. */
const both = ['trust', 'keys', 'entries', 'lines', 'verdict', 'audit']

/** What `infra witness verify` knows and the program does not: it would not fit in what one reads in an evening. */
const missing =
  '// Not looked at here: manifests of a root key, the journal beside witness/, tiles over HTTP.'

/** `infra-verify.mjs`: for Node, without anything beside it. */
export function verifierProgram(): string {
  const modules = ['node', ...both, 'cli'].map((name) => read(`${name}.js`))
  return `#!/usr/bin/env node\n${missing}\n${assemble(modules)}`
}

/** What a page needs to verify a bundle, beside the form. */
export function verifierParts(): { readonly styles: string; readonly script: string } {
  const modules = ['sha256', 'subtle', ...both, 'page'].map((name) => read(`${name}.js`))
  return { styles: read('page.css'), script: assemble(modules) }
}

/** `infra-verify.html`: the same for a browser. */
export function verifierPage(): string {
  const body = `<main>
<h1>Verify a sealed record</h1>
<p>This page works alone: it asks nothing of any network, and nothing leaves it. Choose a bundle (<code>.ifw.ndjson</code>) or a
report, and say whom you trust. Its verdict is that of <code>infra-verify.mjs</code> and <code>infra witness verify</code>.</p>
${verifyForm({ file: true })}
</main>`
  return htmlDocument({ title: 'Verify a sealed record', ...verifierParts(), body })
}
