import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { DeviceId, Instant, IntentId, MacroId, RunId } from '../intents/id.ts'
import { control, openDouble, type WebDouble } from './web-double.ts'

// The console in a real Chromium, served by the real HTTP server, with a hub in memory behind it.

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const missing = `no Chromium at ${executablePath}: install it (Debian: apt-get install chromium) or set CHROMIUM`
const launch = {
  executablePath,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

const controls = [
  control({ page: 1, row: 0, col: 0 }, 'CUT', { colour: '#b3261e' }),
  control({ page: 1, row: 0, col: 1 }, 'GO'),
  control({ page: 1, row: 0, col: 2 }, 'TALK', { release: true }),
  control({ page: 1, row: 1, col: 0 }, 'GAIN', { press: false, rotate: true }),
  control({ page: 1, row: 1, col: 2 }, 'DARK', { holdMs: 500 }),
  control({ page: 2, row: 0, col: 0 }, 'SECOND'),
]

let browser: Browser | undefined

async function withConsole(
  t: Test,
  act: (page: Page, hub: WebDouble) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  if (browser === undefined) throw new Error(missing)
  const hub = await openDouble(controls)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const faults: string[] = []
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (line) => {
    if (/Content Security Policy/i.test(line.text())) faults.push(line.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${hub.address}/`)) faults.push(`foreign: ${request.url()}`)
  })
  try {
    await page.goto(hub.address)
    await key(page, 'CUT').waitFor()
    await act(page, hub)
    t.same(faults, [], 'no error in the page, and nothing asked of any other host')
  } finally {
    await context.close()
    await hub.close()
  }
}

const key = (page: Page, text: string) => page.locator(`.key:has(.key-text:text-is("${text}"))`)
const look = (page: Page, text: string, state: string) =>
  page.locator(`.key[data-look="${state}"]:has(.key-text:text-is("${text}"))`).waitFor()
const gestures = (hub: WebDouble) => hub.seen.map(({ col, gesture }) => `${col} ${gesture}`)

if (!existsSync(executablePath)) {
  // a machine without a browser may say so; the one that decides must have it
  if (process.env['CI']) t.fail(missing)
  else t.pass(`skipped: ${missing}`, { skip: missing })
} else {
  t.before(async () => {
    browser = await chromium.launch(launch)
  })
  t.teardown(() => browser?.close())

  t.test('a press sends down and up with ids of its own, and the name of the operator', (t) =>
    withConsole(t, async (page, hub) => {
      await page.fill('#operator', 'anna')
      await key(page, 'CUT').click()
      await hub.gestures(2)
      t.same(gestures(hub), ['0 down', '0 up'])
      t.equal(new Set(hub.seen.map((seen) => seen.id)).size, 2)
      t.match(hub.seen[0]?.actor, { type: 'operator', id: 'anna', control: '1/0/0' })
      await page
        .locator('.rows .row', { hasText: 'CUT' })
        .filter({ hasText: 'confirmed' })
        .waitFor()
      await key(page, 'CUT').locator('.key-who', { hasText: 'anna' }).waitFor()
    }),
  )

  t.test('200 fast clicks are 200 presses at the hub, in order', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('two fingers at once are two presses, each released where it began', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test(
    'a held button comes up when the pointer leaves it, and when the window loses focus',
    (t) =>
      withConsole(t, async (page, hub) => {
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
      }),
  )

  t.test('the keyboard reaches every button: arrows, Enter, plus and minus, page numbers', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('a rotary turns by wheel, by drag and by its two small buttons', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('a press shows as recorded until the device answered, and a failure says why', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('without the hub a press is shown as not sent, and is not sent later', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('HOLD works at one touch, is plain to see, and asks before it is released', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('the journal filters, pauses and tells the whole life of an intent', (t) =>
    withConsole(t, async (page, hub) => {
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
    }),
  )

  t.test('devices show what differs, runs their step, and the witness verifies', (t) =>
    withConsole(t, async (page, hub) => {
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
      const run = '0199a5c0-0000-7000-8000-0000000abcde' as RunId
      const actor = { type: 'api' as const, id: 'ops' }
      hub.runs = [
        {
          run,
          macro: 'show' as MacroId,
          step: 1,
          steps: 4,
          state: 'running',
          startedBy: actor,
          startedAt: at,
          changedAt: at,
          wakeAt: null,
          detail: '',
        },
      ]
      hub.record({
        type: 'RunAdvanced',
        run,
        macro: 'show' as MacroId,
        step: 1,
        state: 'running',
        wakeAt: null,
        detail: '',
      })
      const card = page.locator('#devices .card')
      await card.filter({ hasText: '1 differ' }).filter({ hasText: '3 open' }).waitFor()
      await card.locator('summary').click()
      await card.locator('tr.differs', { hasText: 'recording' }).waitFor()
      await page.locator('#runs .card', { hasText: 'step 2 of 4' }).getByRole('button').click()
      await page.locator('#runs .card', { hasText: 'cancelled' }).waitFor()
      await page.getByRole('button', { name: 'Verify now' }).click()
      await page.locator('.verdict[data-ok=true]', { hasText: 'whole' }).waitFor()
    }),
  )

  t.test('2,000 entries a second neither delay a press nor freeze the page', (t) =>
    withConsole(t, async (page, hub) => {
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
        for (let i = 0; i < 20; i++) await key(page, 'CUT').click()
        t.equal((await hub.gestures(40)).length, 40)
        await page.locator('#journal-count', { hasText: 'older in the log' }).waitFor()
      } finally {
        clearInterval(flood)
      }
      t.equal(await page.locator('.rows li').count(), 500, 'rows are bounded')
      const longest = Number(await page.evaluate('window.longest'))
      t.ok(longest < 1000, `longest frame ${Math.round(longest)} ms after ${sent} entries`)
    }),
  )

  t.test('on a phone everything fits, buttons first and the rest one touch away', (t) =>
    withConsole(
      t,
      async (page, hub) => {
        const wide = await page.evaluate('document.documentElement.scrollWidth')
        t.equal(wide, 390, 'nothing sticks out')
        const box = await key(page, 'CUT').boundingBox()
        t.ok(
          box !== null && box.width >= 44 && box.height >= 44,
          'a key is large enough for a finger',
        )
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
    ),
  )
}
