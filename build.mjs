// Makes dist/ of the sources: what is shipped. Each program, and each folder that is found by its name, is a file of
// its own; what they share, the libraries too, lies in dist/parts. So a hub reads 70 files where it would read 1,800,
// and is back after a crash in half the time. `node build.mjs bench` makes the programs of the bench in the same way.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'

const ofBench = process.argv[2] === 'bench'
const out = ofBench ? 'dist-bench' : 'dist'

/** What `package.json` exports or calls a command, as its source: `cli/infra.ts`. */
function exported() {
  const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  return [...Object.values(bin), ...Object.values(exports).map((entry) => entry.default)]
    .filter((path) => path !== undefined)
    .map((path) => path.replace(/^(\.\/)?dist\//, '').replace(/\.js$/, '.ts'))
}

/** @param {string} folder @param {RegExp} name */
const filesOf = (folder, name) =>
  readdirSync(folder)
    .filter((file) => name.test(file))
    .map((file) => join(folder, file))

/** What is found by the name of its folder: hub/leaf.ts. @param {string} port @param {RegExp} name */
const leavesOf = (port, name) =>
  readdirSync(port, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((folder) => filesOf(join(port, folder.name), name))

const bench = [...filesOf('bench', /\.ts$/), ...leavesOf('adapters', /^contract\.ts$/)]

/** @param {readonly string[]} args */
function node(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(out, { recursive: true, force: true })
if (!ofBench) node(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
const { metafile } = await build({
  entryPoints: [
    ...new Set([
      ...exported(),
      ...filesOf('hub', /-process\.ts$/),
      'witness/audit/scan-thread.ts',
      'verifier/build.ts',
      ...leavesOf('adapters', /^(adapter|simulator)\.ts$/),
      ...leavesOf('surfaces', /^surface\.ts$/),
      ...(ofBench ? bench : []),
    ]),
  ],
  outdir: out,
  outbase: '.',
  // one folder deep, as nearly all sources are: what they look for beside themselves is found from there, too
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // native, or of use to few: they are read from node_modules when somebody wants them
  external: [
    '@julusian/midi',
    'serialport',
    'bullmq',
    '@eventstore/db-client',
    '@napi-rs/canvas',
    '@elgato-stream-deck/core',
    '@elgato-stream-deck/node',
  ],
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
  },
  metafile: true,
  logLevel: 'warning',
})

if (!ofBench) {
  writeFileSync(join(out, 'LICENSES.txt'), licenses(Object.keys(metafile.inputs)))
  node([join(out, 'verifier/build.js')])
  chmodSync(join(out, 'cli/infra.js'), 0o755)
}
writeFileSync(join(out, '.built'), '')

/** The licence of each library that went in, as its authors ask. @param {readonly string[]} files */
function licenses(files) {
  const folders = new Set(
    files.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]),
  )
  return [...folders]
    .filter((folder) => folder !== undefined)
    .toSorted()
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      )
      const texts = filesOf(folder, /^licen[cs]e/i).map((file) => readFileSync(file, 'utf8').trim())
      return [`${name} ${version}: ${license}`, ...texts].join('\n\n')
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`)
}
