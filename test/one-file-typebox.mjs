// typebox is 684 files, and tsx looks at every one of them in every process of the tests: a second each time. So tests read it
// from a few, made when the first of them runs: `node --import=./test/one-file-typebox.mjs`.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'

const { resolve: found } = createRequire(import.meta.url)
const home = dirname(dirname(found('typebox')))
const { version } = createRequire(import.meta.url)(join(home, 'package.json'))
const folder = join(dirname(home), '.cache', `typebox-${version}`)
const names = ['index', 'compile', 'error', 'schema', 'value']

if (isMainThread) {
  if (!existsSync(folder)) await make()
  register(import.meta.url)
}

/** Several processes may want it at once: whoever is first has made it. */
async function make() {
  const { build } = await import('esbuild')
  const own = `${folder}.${process.pid}`
  mkdirSync(dirname(folder), { recursive: true })
  await build({
    entryPoints: Object.fromEntries(
      names.map((name) => [name, join(home, 'build', name === 'index' ? '' : name, 'index.mjs')]),
    ),
    outdir: own,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
  })
  try {
    renameSync(own, folder)
  } catch (error) {
    rmSync(own, { recursive: true })
    if (!existsSync(folder)) throw error
  }
}

/** The hook: this file is loaded once more where modules are looked for. @type {import('node:module').ResolveHook} */
export const resolve = (specifier, context, next) => {
  const [, name = 'index'] = /^typebox(?:\/(\w+))?$/.exec(specifier) ?? [null, null]
  return name !== null && names.includes(name)
    ? { url: pathToFileURL(join(folder, `${name}.mjs`)).href, format: 'module', shortCircuit: true }
    : next(specifier, context)
}
