import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { newData } from '../hub/core.contract.ts'

// Programs in a folder of their own, run as the tests themselves are: from-source.cjs.

t.setTimeout(120_000)

/** Such a folder, and what a program in it says and ends with. */
function newFolder(t: Test) {
  const folder = newData(t)
  const root = fileURLToPath(new URL('..', import.meta.url))
  for (const name of ['from-source.cjs', 'compile-sources.cjs', 'tsconfig.json'])
    copyFileSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'node_modules'))
  for (const name of ['esbuild', 'tap', 'fast-check', 'typebox'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  return {
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    remove: (name: string) => rmSync(join(folder, name)),
    run(name: string, ...before: string[]) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--require', './from-source.cjs', ...before, name],
        { cwd: folder, encoding: 'utf8' },
      )
      return { status, stdout, stderr }
    },
  }
}

void t.test(
  'a program is run as it now is, also where another file of it was changed',
  async (t) => {
    const { write, remove, run } = newFolder(t)
    write('word.ts', "export const word: string = 'first'")
    write('program.ts', "import { word } from './word.ts'\nprocess.stdout.write(word)")
    t.match(run('program.ts'), { status: 0, stdout: 'first', stderr: '' })
    write('word.ts', "export const word: string = 'the second'")
    t.match(run('program.ts'), { status: 0, stdout: 'the second' })
    write('before.ts', "process.stdout.write('before ')")
    t.match(run('program.ts', '--import', './before.ts'), {
      status: 0,
      stdout: 'before the second',
    })
    remove('word.ts')
    t.match(run('program.ts'), { status: 1, stderr: /Cannot find module .*word/ })
  },
)

void t.test('it knows where it lies, and finds what it is told to only when it runs', async (t) => {
  const { write, run } = newFolder(t)
  write('found.ts', 'export const here: string = import.meta.url')
  write(
    'program.ts',
    "const [name] = ['found']\nconst { here } = await import(`./${name}.ts`)\nprocess.stdout.write(here)",
  )
  t.match(run('program.ts'), { status: 0, stdout: /^file:.*found\.ts$/ })
})

void t.test('a program that fails names the line of its source', async (t) => {
  const { write, run } = newFolder(t)
  write('program.ts', "interface Wide {\n  readonly a: number\n}\n\nthrow new Error('on line 5')")
  t.match(run('program.ts'), { status: 1, stderr: /program\.ts:5/ })
})

void t.test('a program that waits for what never comes is no success', async (t) => {
  const { write, run } = newFolder(t)
  write('program.ts', 'await new Promise(() => {})')
  t.match(run('program.ts'), { status: 13 })
  write('program.ts', 'await Promise.resolve()')
  t.match(run('program.ts'), { status: 0 }, 'control: of what comes it is one')
})
