import type { DeviceId, Instant, IntentId } from '../intents/id.ts'
import { browserTest, gestures, key } from './fixtures/browser.ts'

void browserTest(
  'a hub that wants a token gets it before anything is shown',
  async (t, page, hub) => {
    await page.locator('#sign-in[open]').waitFor()
    await page.fill('[name=token]', 'wrong')
    await page.keyboard.press('Enter')
    await page.locator('#sign-in-failure', { hasText: 'does not know' }).waitFor()
    await page.fill('[name=token]', 'right')
    await page.keyboard.press('Enter')
    await key(page, 'CUT').click()
    await hub.gestures(2)
    t.match(hub.seen[0]?.actor, { id: 'desk' })
  },
  { token: 'right' },
)

void browserTest(
  'HOLD works at one touch, is plain to see, and asks before it is released',
  async (t, page, hub) => {
    await page.locator('#hold').click()
    await page.locator('#held:visible').waitFor()
    t.equal(hub.held, true)
    t.equal(await page.locator('#hold').getAttribute('aria-pressed'), 'true')
    await page.locator('#release').click()
    await page.getByRole('button', { name: 'Keep held' }).click()
    t.equal(hub.held, true, 'looking at the question releases nothing')
    await page.locator('#release').click()
    await page.getByRole('button', { name: 'Release the hold' }).click()
    await page.locator('#held').waitFor({ state: 'hidden' })
    t.equal(hub.held, false)
  },
)

void browserTest(
  'the journal filters, pauses and tells the whole life of an intent',
  async (t, page, hub) => {
    hub.fate('GO', 'failed')
    await key(page, 'CUT').click()
    await key(page, 'GO').click()
    const rows = page.locator('.rows li:visible')
    await page.locator('.row', { hasText: 'failed' }).waitFor()
    await page.selectOption('[name=outcome]', 'bad')
    t.equal(await rows.count(), 1)
    await page.selectOption('[name=outcome]', '')
    await page.fill('[name=text]', 'cut')
    t.equal(await rows.count(), 1)
    await rows.first().locator('button').click()
    await page.locator('#life', { hasText: 'confirmed after' }).waitFor()
    await page.locator('#life', { hasText: hub.seen[0]?.id ?? 'none' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('#life').waitFor({ state: 'hidden' })
    await page.fill('[name=text]', '')
    await page.locator('#journal-pause').click()
    await key(page, 'CUT').click()
    await page.locator('#journal-count', { hasText: 'paused, 1 new' }).waitFor()
    t.equal(await rows.count(), 2)
    await page.locator('#journal-pause').click()
    await rows.nth(2).waitFor()
  },
)

void browserTest('devices show what differs, and the witness verifies', async (t, page, hub) => {
  const at = Date.now() as Instant
  hub.devices = [
    {
      id: 'mypro' as DeviceId,
      protocol: 'vmix',
      link: { up: false, detail: 'connection refused', at },
      desired: {
        recording: { value: true, intent: 'x' as IntentId, at, outcome: 'confirmed' },
        mix: { value: { b: 1, a: [2] }, intent: 'x' as IntentId, at, outcome: 'sent' },
      },
      reported: { recording: { value: false, at }, mix: { value: { a: [2], b: 1 }, at } },
      open: 3,
      delivered: 1,
      failed: 2,
    },
  ]
  const card = page.locator('#devices .card')
  await card.filter({ hasText: '1 differ' }).filter({ hasText: '3 open' }).waitFor()
  await card.locator('summary').click()
  await card.locator('tr.differs', { hasText: 'recording' }).waitFor()
  await page.getByRole('button', { name: 'Verify now' }).click()
  await page.locator('.verdict[data-ok=true]', { hasText: 'whole' }).waitFor()
})

void browserTest(
  '2,000 entries a second neither delay a press nor freeze the page',
  async (t, page, hub) => {
    await page.evaluate(`
      window.longest = 0
      let last = performance.now()
      const tick = () => {
        const now = performance.now()
        window.longest = Math.max(window.longest, now - last)
        last = now
        requestAnimationFrame(tick)
      }
      tick()`)
    let sent = 0
    const flood = setInterval(() => {
      for (let i = 0; i < 40; i++)
        hub.record({
          type: 'DeviceReported',
          device: 'desk' as DeviceId,
          path: '/fader',
          value: sent++,
        })
    }, 20)
    try {
      for (let i = 0; i < 8; i++) await key(page, 'CUT').click()
      t.equal((await hub.gestures(16)).length, 16)
      await page.locator('#journal-count', { hasText: 'older in the log' }).waitFor()
    } finally {
      clearInterval(flood)
    }
    t.equal(await page.locator('.rows li').count(), 500, 'rows are bounded')
    const longest = Number(await page.evaluate('window.longest'))
    t.ok(longest < 2000, `longest frame ${Math.round(longest)} ms after ${sent} entries`)
  },
)

void browserTest(
  'on a phone everything fits, buttons first and the rest one touch away',
  async (t, page, hub) => {
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    t.equal(wide, 390, 'nothing sticks out')
    const box = await key(page, 'CUT').boundingBox()
    t.ok(box !== null && box.width >= 44 && box.height >= 44, 'a key is large enough for a finger')
    await key(page, 'CUT').tap()
    await hub.gestures(2)
    t.same(gestures(hub), ['0 down', '0 up'])
    for (const tab of ['journal', 'devices', 'runs', 'witness']) {
      await page.locator(`.tabs [data-tab=${tab}]`).tap()
      await page.locator(`#pane-${tab}`).waitFor({ state: 'visible' })
    }
    t.equal(await page.locator('#hold').isVisible(), true, 'HOLD is always in reach')
  },
  { viewport: { width: 390, height: 844 }, hasTouch: true },
)
