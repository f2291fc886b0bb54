import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { fuzz, fuzzTargets } from './fuzz.ts'

/** Of each parser; `npm run test:fuzz` tries a million in all. */
const inputs = 1000

void t.test('no bytes from outside make a parser throw, hang or grow', async (t) => {
  const targets = await fuzzTargets()
  t.ok(targets.length >= 10, `${targets.length} parsers`)
  for (const target of targets) {
    const { name } = await fuzz(target, inputs, 1)
    t.pass(name)
  }
})

const page = readFileSync(new URL('../docs/surfaces/hostile-input.md', import.meta.url), 'utf8')
/** The rows of its table of targets. */
const [beforeFloods = ''] = page.split('## Floods')
const rows = beforeFloods.split('\n').flatMap((line) => {
  const [, what, readIn, target] = line.split('|').map((cell) => cell.trim())
  return target === undefined || target === 'target' || target.startsWith('-')
    ? []
    : [{ what, readIn: readIn ?? '', target }]
})

void t.test('the page about hostile input names each target, and no other', async (t) => {
  const names = (await fuzzTargets()).map(({ name }) => name)
  t.same(rows.map(({ target }) => target).toSorted(), names.toSorted())
})

void t.test('each way in and each protocol of devices has its place there', (t) => {
  for (const kind of ['surfaces', 'adapters'])
    for (const entry of readdirSync(new URL(`../${kind}`, import.meta.url), {
      withFileTypes: true,
    }))
      if (entry.isDirectory())
        t.ok(page.includes(`\`${kind}/${entry.name}\``), `${kind}/${entry.name}`)
  t.end()
})

void t.test('control: a parser that throws at one byte is found', async (t) => {
  const planted = {
    name: 'planted',
    seeds: ['good'],
    open: () => (bytes: Buffer) => {
      if (bytes.includes(0xff)) throw new Error('planted')
    },
  }
  await t.rejects(fuzz(planted, inputs, 1), { cause: { message: /planted/ } })
})

void t.test('control: a parser that keeps what it gets is found', async (t) => {
  const kept: string[] = []
  const planted = {
    name: 'planted',
    seeds: ['good'],
    open: () => () =>
      void kept.push(
        'x'
          .repeat(64)
          .repeat(1024 + kept.length)
          .toUpperCase(),
      ),
  }
  await t.rejects(fuzz(planted, inputs, 1), { message: /bytes more are kept/ })
})
