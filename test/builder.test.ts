import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { compiled } from '../compile-sources.cjs'
import { newData } from '../hub/core.contract.ts'
import type { Macro } from '../macros/macro.ts'
import { devicesOf, openStage } from './stage.ts'

// The example in TypeScript of docs/macros.md: compiled as it stands, and run.

t.setTimeout(180_000)

const page = readFileSync('docs/macros.md', 'utf8')
const example = /^```ts$([^]*?)^```$/m.exec(page)?.[1] ?? ''
const entry = 'infrafabric/macro'

/** The source of what the package exports under this name, as build.mjs finds it. */
function sourceOf(name: string): string {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Readonly<Record<string, { readonly default: string }>>
  }
  const built = exports[name.replace('infrafabric', '.')]?.default ?? ''
  return resolve(built.replace('./dist/', '').replace(/\.js$/, '.ts'))
}

/** What the compiler says of a program. */
function complaints(text: string): readonly string[] {
  const file = resolve('example-of-the-page.ts')
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  const whole = { ...options, paths: { [entry]: [sourceOf(entry)] } }
  const host = ts.createCompilerHost(whole)
  const [fileExists, getSourceFile] = [host.fileExists, host.getSourceFile]
  host.fileExists = (path) => path === file || fileExists(path)
  host.getSourceFile = (path, ...rest) =>
    path === file
      ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
      : getSourceFile(path, ...rest)
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], whole, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

async function exampleOf(t: Test): Promise<Macro> {
  const { outputText } = ts.transpileModule(example, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  })
  const file = join(newData(t), 'example.mjs')
  writeFileSync(file, outputText.replace(entry, compiled(pathToFileURL(sourceOf(entry)).href)))
  const { openShow } = (await import(pathToFileURL(file).href)) as { openShow: Macro }
  return openShow
}

void t.test('the example compiles, and the compiler finds what is wrong in it', async (t) => {
  t.same(complaints(example), [])
  const wrong = example.replace("'500ms'", "'half a second'").replace("'compensate'", "'undo'")
  t.match(complaints(wrong), [/"half a second"/, /"undo"/])
})

void t.test('the macro of the example runs in a hub, as it would by the config', async (t) => {
  const openShow = await exampleOf(t)
  const stage = await openStage(
    t,
    () => {},
    (devices) => ({ site: 'studio', devices: devicesOf(devices) }),
    { macros: [openShow] },
  )
  t.match(await stage.outcome(await stage.run('open_show')), /sent|confirmed/)
  t.ok(stage.recorder.studio.record.active && stage.switcher.studio.streams[0])
  t.match(stage.told(), [/On air\./])
})
