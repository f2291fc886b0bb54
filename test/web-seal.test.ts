import t from 'tap'
import type { SealView } from '../surfaces/http/seal-view.ts'
import { agesOf } from '../web/ages.js'
import { browserTest } from './fixtures/browser.ts'

// How long ago the record was sealed and witnessed, as the console shows it.

const now = 1_795_000_000_000
const seal: SealView = {
  sealed: 1200,
  signed: 1200,
  root: 'cm9vdA==',
  signedAt: now - 40_000,
  witnessed: { size: 1200, at: now - 41_000 },
  unwitnessed: null,
  trouble: null,
  signs: true,
  behindSince: null,
  asksWitnesses: true,
  signAfterMs: 1000,
  heartbeatMs: 60_000,
}
const tones = (view: SealView | null) => agesOf(view, now).map(({ tone }) => tone)

void t.test('a quiet record is not stale, however long ago it was signed', (t) => {
  t.same(tones(seal), ['good', 'good'])
  t.match(agesOf(seal, now), [{ text: /^40.s ago/ }, { text: /^41.s ago/ }])
  t.same(tones({ ...seal, signedAt: now - 3_600_000 })[0], 'good')
  t.same(tones({ ...seal, behindSince: now - 9000 })[0], 'good', 'the floor of ten seconds')
  t.end()
})

void t.test('what waits too long for a signature or a witness is red', (t) => {
  t.same(tones({ ...seal, behindSince: now - 10_001 })[0], 'bad')
  const slow = { ...seal, signAfterMs: 20_000 }
  t.same(tones({ ...slow, behindSince: now - 59_000 })[0], 'good', 'three times what is promised')
  t.same(tones({ ...slow, behindSince: now - 61_000 })[0], 'bad')
  t.same(tones({ ...seal, trouble: 'the disk is full' })[0], 'bad')
  t.same(tones({ ...seal, witnessed: { size: 9, at: now - 180_001 } })[1], 'bad')
  t.same(tones({ ...seal, witnessed: { size: 9, at: now - 179_000 } })[1], 'good')
  t.same(tones({ ...seal, witnessed: null, unwitnessed: 'w1 does not answer' })[1], 'bad')
  t.end()
})

void t.test('what nobody asked for is grey', (t) => {
  t.same(tones(null), ['off', 'off'])
  t.same(tones({ ...seal, asksWitnesses: false, witnessed: null })[1], 'off')
  t.same(tones({ ...seal, signs: false, behindSince: null, signed: 0 }), ['off', 'off'])
  t.same(tones({ ...seal, signedAt: null, witnessed: null, signed: 0 }), ['off', 'off'])
  t.end()
})

void browserTest('the console shows both ages, red where they are stale', async (t, page, hub) => {
  const fresh = () => ({ ...seal, signedAt: Date.now(), witnessed: { size: 9, at: Date.now() } })
  const [sealed, witnessed] = [0, 1].map((n) => page.locator('#witness .facts dd').nth(n))
  if (sealed === undefined || witnessed === undefined) throw new Error('there are two')
  const colour = (n: number): Promise<unknown> =>
    page.evaluate(`getComputedStyle(document.querySelectorAll('#witness .facts dd')[${n}]).color`)
  await page.locator('#witness dd[data-tone=off]').first().waitFor()
  const grey = await colour(0)
  hub.seal = fresh()
  await page.locator('#witness dd[data-tone=good]').nth(1).waitFor()
  const good = await colour(0)
  const shots = process.env['SHOTS']
  if (shots !== undefined) await page.screenshot({ path: `${shots}/fresh.png` })
  hub.seal = {
    ...fresh(),
    behindSince: Date.now() - 60_000,
    witnessed: { size: 9, at: Date.now() - 600_000 },
  }
  await page.locator('#witness dd[data-tone=bad]').nth(1).waitFor()
  t.match(await sealed.textContent(), /^STALE: entries wait for a signature, 1\smin/)
  t.match(await witnessed.textContent(), /^STALE: 10.min ago, 9 entries/)
  const bad = await colour(1)
  t.equal(new Set([grey, good, bad]).size, 3, 'three colours')
  if (shots !== undefined) await page.screenshot({ path: `${shots}/stale.png` })
})
