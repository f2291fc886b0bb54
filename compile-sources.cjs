// Makes JavaScript of every TypeScript file here, one of each, in node_modules/.cache/sources: what from-source.cjs runs. Only what
// was changed since is made again. The libraries that are hundreds of files, and that every test reads, become a few, too.
const {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs')
const { dirname, join, relative, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')

const root = __dirname
const into = join(root, 'node_modules/.cache/sources')
const list = join(into, 'made.json')
/** Where a library goes; tap by the name by which it leaves itself out of the stacks that it shows. @param {string} name */
const shared = (name) => join(into, 'node_modules', name === 'tap' ? '@tapjs/tap' : name)
const [rootUrl, intoUrl] = [root, into].map((folder) => pathToFileURL(join(folder, '/')).href)

/** Libraries of modules, without native parts, and that look for nothing beside themselves. */
const libraries = [
  'tap',
  'fast-check',
  'typebox',
  ...['compile', 'error', 'schema', 'value'].map((part) => `typebox/${part}`),
]

/** What all depends on: where one was changed, everything is made again. */
const ground = [
  'from-source.cjs',
  'compile-sources.cjs',
  'tsconfig.json',
  ...['esbuild', 'tap', 'fast-check', 'typebox'].map((name) => `node_modules/${name}/package.json`),
  // tap makes this one itself, by the plugins of .taprc
  'node_modules/@tapjs/test/test-built/dist/esm/index.js',
]

/** Of a file: when it was changed, and how long it is; of a folder: when a file came or went. Empty where there is none. @param {string} path */
function stamp(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (found === undefined) return ''
  return found.isDirectory() ? `${found.mtimeMs}` : `${found.mtimeMs} ${found.size}`
}

/** @returns {{ ground: Record<string, string>, sources: Record<string, string> }} */
const made = () =>
  existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : { ground: {}, sources: {} }

/** @param {Record<string, string>} stamps */
const isSame = (stamps) => Object.entries(stamps).every(([path, then]) => stamp(path) === then)

exports.isCompiled = () => {
  const { ground, sources } = made()
  return 'tsconfig.json' in ground && isSame(ground) && isSame(sources)
}

/** The module that was made of this one, where it is one of ours. @param {string} name @param {string} [from] the URL of who asks */
exports.compiled = (name, from) => {
  if (!/^(\.|\/|file:)/.test(name)) return name
  const { href } = new URL(name, from)
  const isSource = href.startsWith(rootUrl) && href.endsWith('.ts')
  return isSource ? `${intoUrl}${href.slice(rootUrl.length, -2)}mjs` : href
}

/** Every source and every folder of them. @param {readonly string[]} aside @returns {string[]} */
function found(aside, folder = '.') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return entry.name.startsWith('.') || aside.includes(entry.name)
        ? []
        : [path, ...found(aside, path)]
    return /(?<!\.d)\.ts$/.test(entry.name) ? [path] : []
  })
}

/** @param {readonly string[]} paths */
const stamps = (paths) => Object.fromEntries(paths.map((path) => [path, stamp(path)]))

/** Several processes may make the same at once: a file is there whole or not at all. @param {string} path @param {string | Uint8Array} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, text)
  renameSync(`${path}.${process.pid}`, path)
}

async function compile() {
  const { build } = require('esbuild')
  const before = made()
  const now = {
    ground: stamps(ground),
    sources: stamps([
      '.',
      ...found(JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).exclude),
    ]),
  }
  const isAnew = Object.keys(before.ground).length !== ground.length || !isSame(before.ground)
  const outOf = (/** @type {string} */ source) => join(into, source.replace(/ts$/, 'mjs'))
  const changed = Object.entries(now.sources)
    .filter(([path, stamp]) => path.endsWith('.ts') && (isAnew || before.sources[path] !== stamp))
    .map(([path]) => path)
  const common = /** @type {const} */ ({
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    outExtension: { '.js': '.mjs' },
    write: false,
    absWorkingDir: root,
    logLevel: 'warning',
  })

  if (isAnew) {
    const { outputFiles } = await build({
      ...common,
      entryPoints: libraries.map((name) => ({ in: name, out: join(shared(name), 'index') })),
      outdir: into,
      chunkNames: 'node_modules/[name]-[hash]',
      splitting: true,
      banner: {
        js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
      },
    })
    for (const { path, contents } of outputFiles) write(path, contents)
  }

  const { outputFiles } = await build({
    ...common,
    entryPoints: changed,
    outdir: into,
    outbase: root,
    treeShaking: false,
    sourcemap: 'linked',
    sourcesContent: false,
    define: { 'import.meta.url': '__url', 'import.meta.dirname': '__folder' },
    plugins: [{ name: 'one of each', setup: oneOfEach }],
  })
  for (const { path, contents } of outputFiles) write(path, contents)
  for (const path of Object.keys(before.sources))
    if (!(path in now.sources)) rmSync(outOf(path), { force: true, recursive: true })
  write(list, JSON.stringify(now))
}

/**
 * Every import stays one, of what was made of the other; and a module still says of itself that it is the source, so that it
 * finds what lies beside it. @param {import('esbuild').PluginBuild} build
 */
function oneOfEach(build) {
  build.onResolve({ filter: /./ }, ({ kind, path, importer, resolveDir }) => {
    if (kind === 'entry-point') return { path: resolve(root, path) }
    const beside = (/** @type {string} */ file) =>
      relative(join(into, relative(root, dirname(importer))), file)
    if (libraries.includes(path))
      return { external: true, path: beside(join(shared(path), 'index.mjs')) }
    if (!path.startsWith('.')) return { external: true, path }
    return {
      external: true,
      path: path.endsWith('.ts') ? path.replace(/ts$/, 'mjs') : beside(resolve(resolveDir, path)),
    }
  })
  build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    // an import whose name is only known when it runs
    const text = readFileSync(path, 'utf8').replace(/\bimport\((?=[`a-z])/g, '__import(')
    const own = [
      ['__url', JSON.stringify(pathToFileURL(path).href)],
      ['__folder', JSON.stringify(dirname(path))],
      [
        '__import',
        `async (name) => import((await import(${JSON.stringify(pathToFileURL(__filename).href)})).default.compiled(name, __url))`,
      ],
    ]
    const isUsed = text.includes('import.meta') || text.includes('__import(')
    const head = isUsed ? own.map(([name, value]) => `const ${name} = ${value};`).join('') : ''
    return { contents: head + text, loader: 'ts' }
  })
}

if (require.main === module) void compile()
