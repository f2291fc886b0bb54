import type { IntentId } from '../intents/id.ts'
import { browserTest, controls, gestures, key, look } from './fixtures/browser.ts'
import { openDouble } from './fixtures/web-double.ts'

void browserTest(
  'a press sends down and up with ids of its own, and the name of the operator',
  async (t, page, hub) => {
    await page.fill('#operator', 'anna')
    await key(page, 'CUT').click()
    await hub.gestures(2)
    t.same(gestures(hub), ['0 down', '0 up'])
    t.equal(new Set(hub.seen.map((seen) => seen.id)).size, 2)
    t.match(hub.seen[0]?.actor, { type: 'operator', id: 'anna', control: '1/0/0' })
    await page.locator('.rows .row', { hasText: 'CUT' }).filter({ hasText: 'confirmed' }).waitFor()
    await key(page, 'CUT').locator('.key-who', { hasText: 'anna' }).waitFor()
  },
)

void browserTest('200 fast clicks are 200 presses at the hub, in order', async (t, page, hub) => {
  await page.evaluate(`
      const button = document.querySelectorAll('.key')[1]
      const fire = (type) =>
        button.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, bubbles: true }))
      for (let i = 0; i < 200; i++) {
        fire('pointerdown')
        fire('pointerup')
      }`)
  const seen = await hub.gestures(400)
  t.equal(seen.filter(({ gesture }) => gesture === 'down').length, 200)
  t.ok(seen.every(({ gesture }, i) => gesture === (i % 2 === 0 ? 'down' : 'up')))
  t.equal(new Set(seen.map(({ id }) => id)).size, 400)
})

void browserTest(
  'two fingers at once are two presses, each released where it began',
  async (t, page, hub) => {
    await page.evaluate(`
      const [first, second] = document.querySelectorAll('.key')
      const fire = (target, type, pointerId) =>
        target.dispatchEvent(new PointerEvent(type, { pointerId, button: 0, bubbles: true }))
      fire(first, 'pointerdown', 11)
      fire(second, 'pointerdown', 12)
      fire(window, 'pointerup', 12)
      fire(window, 'pointercancel', 11)`)
    await hub.gestures(4)
    t.same(gestures(hub), ['0 down', '1 down', '1 up', '0 up'])
  },
)

void browserTest(
  'a held button comes up when the pointer leaves it, and when the window loses focus',
  async (t, page, hub) => {
    await key(page, 'TALK').hover()
    await page.mouse.down()
    await hub.gestures(1)
    t.same(gestures(hub), ['2 down'], 'held: nothing came up yet')
    await page.mouse.move(1200, 600)
    await page.mouse.up()
    await hub.gestures(2)
    await key(page, 'TALK').hover()
    await page.mouse.down()
    await hub.gestures(3)
    await page.evaluate(`window.dispatchEvent(new Event('blur'))`)
    await hub.gestures(4)
    await page.mouse.up()
    t.same(gestures(hub), ['2 down', '2 up', '2 down', '2 up'])
  },
)

void browserTest(
  'the keyboard reaches every button: arrows, Enter, plus and minus, page numbers',
  async (t, page, hub) => {
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.down('Enter')
    await page.keyboard.down('Enter')
    await hub.gestures(1)
    await page.keyboard.up('Enter')
    await hub.gestures(2)
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('+')
    await page.keyboard.press('PageDown')
    await hub.gestures(4)
    t.same(gestures(hub), ['1 down', '1 up', '0 rotate-right', '0 rotate-left'])
    await page.keyboard.press('2')
    await key(page, 'SECOND').waitFor()
    await page.keyboard.press('Space')
    await hub.gestures(6)
    t.match(hub.seen.slice(4), [
      { page: 2, gesture: 'down' },
      { page: 2, gesture: 'up' },
    ])
    await page.keyboard.press('?')
    await page.locator('#help[open]').waitFor()
  },
)

void browserTest(
  'a rotary turns by wheel, by drag and by its two small buttons',
  async (t, page, hub) => {
    await key(page, 'GAIN').hover()
    await page.mouse.wheel(0, -100)
    await page.mouse.wheel(0, 100)
    await hub.gestures(2)
    await page.getByRole('button', { name: 'turn right' }).click()
    await hub.gestures(3)
    await key(page, 'GAIN').hover()
    await page.mouse.down()
    await page.mouse.move(0, 0)
    await page.mouse.up()
    const seen = await hub.gestures(5)
    t.same(
      seen.slice(0, 3).map(({ gesture }) => gesture),
      ['rotate-right', 'rotate-left', 'rotate-right'],
    )
    t.ok(seen.every(({ gesture }) => gesture.startsWith('rotate')))
  },
)

void browserTest(
  'a press shows as recorded until the device answered, and a failure says why',
  async (t, page, hub) => {
    hub.fate('GO', 'wait')
    await key(page, 'GO').click()
    await look(page, 'GO', 'recorded')
    hub.finish(
      (hub.seen[0]?.id ?? '') as IntentId,
      'failed',
      'connection refused by 127.0.0.1:8099',
    )
    await look(page, 'GO', 'failed')
    t.match(await key(page, 'GO').getAttribute('aria-label'), /failed, connection refused by/)
    await page.locator('#why', { hasText: 'connection refused' }).waitFor()
    hub.fate('GO', 'confirmed')
    await key(page, 'GO').click()
    await look(page, 'GO', 'idle')
    hub.face({ page: 1, row: 0, col: 1 }, { state: 'on' })
    await look(page, 'GO', 'on')
  },
)

void browserTest(
  'without the hub a press is shown as not sent, and is not sent later',
  async (t, page, hub) => {
    await key(page, 'CUT').click()
    await hub.gestures(2)
    const port = Number(new URL(hub.address).port)
    await hub.close()
    await page.locator('#lost:visible', { hasText: 'presses are not sent' }).waitFor()
    await key(page, 'CUT').click()
    await look(page, 'CUT', 'unsent')
    const again = await openDouble(controls, { port })
    try {
      await page.locator('#lost').waitFor({ state: 'hidden' })
      await key(page, 'GO').click()
      await again.gestures(2)
      t.same(gestures(again), ['1 down', '1 up'], 'only what was pressed after it came back')
      await look(page, 'CUT', 'unsent')
    } finally {
      await again.close()
    }
  },
)

void browserTest(
  'a refused press says who refused it and why, on the face itself',
  async (_t, page, hub) => {
    hub.fate('CUT', 'refuse')
    await key(page, 'CUT').click()
    await look(page, 'CUT', 'failed')
    await key(page, 'CUT').locator('.key-state', { hasText: 'refused' }).waitFor()
    await key(page, 'CUT').locator('.key-reason', { hasText: 'The hold is on' }).waitFor()
  },
)

void browserTest(
  'a press that the hub does not answer is asked, not recorded, and its fate is looked up',
  async (t, page, hub) => {
    hub.fate('GO', 'mute')
    await key(page, 'GO').click()
    await look(page, 'GO', 'asked')
    // after 3 s of silence the console takes a new connection and asks what became of it
    await look(page, 'GO', 'unsent')
    t.match(await key(page, 'GO').getAttribute('aria-label'), /Not recorded/)
    t.equal(hub.seen.filter(({ gesture }) => gesture === 'down').length, 1, 'nothing was repeated')
  },
)
