// Runs a program from its TypeScript: node --require ./from-source.cjs cli/infra.ts. The tests are run so, too (.taprc), and
// whatever they start: children by `process.execArgv`, threads by themselves. What runs is what compile-sources.cjs made of
// the sources, all at once, when one was changed. No module goes through a hook: with hooks a process takes a second to begin.
const { spawnSync } = require('node:child_process')
const Module = require('node:module')
const { join, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')
const { isMainThread } = require('node:worker_threads')
const { compiled, isCompiled } = require('./compile-sources.cjs')

process.setSourceMapsEnabled(true)
// also for children that are started somewhere else
process.execArgv = process.execArgv.map((word) =>
  word.replace(/(^|=)(\.\/.*\.cjs)$/, (_, before, file) => before + resolve(file)),
)

// tap looks at every module of every process, to measure coverage, which nobody asks for here. It takes each 0.4 s.
const ofTap = /"?--import=\S*@tapjs\/processinfo[^\s"]*"?/
const options = process.env['NODE_OPTIONS']?.replace(ofTap, '').trim()
if (options) process.env['NODE_OPTIONS'] = options
else delete process.env['NODE_OPTIONS']

if (isMainThread && !isCompiled()) {
  const file = join(__dirname, 'compile-sources.cjs')
  const { status } = spawnSync(process.execPath, [file], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}

const { runMain } = Module
Module.runMain = (main = process.argv[1]) => (main.endsWith('.ts') ? void run(main) : runMain(main))

/** @param {string} main */
async function run(main) {
  // as Node itself ends a program that waits for what never comes
  const stuck = () => (process.exitCode ??= 13)
  process.on('beforeExit', stuck)
  try {
    const here = pathToFileURL(join(process.cwd(), '/')).href
    for (const first of preloads()) await import(compiled(first, here))
    await import(compiled(pathToFileURL(main).href))
  } finally {
    process.off('beforeExit', stuck)
  }
}

/** What `--import` asks for: Node reads it only where it runs a program itself. */
function preloads() {
  return process.execArgv
    .flatMap((word, i, words) => (word === '--import' ? [`--import=${words[i + 1]}`] : [word]))
    .filter((word) => word.startsWith('--import=') && !ofTap.test(word))
    .map((word) => word.slice('--import='.length))
}
