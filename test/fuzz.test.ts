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
