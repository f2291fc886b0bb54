import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { parse } from 'yaml'
import type { BusEvent } from '../intents/event.ts'
import { inBrowser, key, onPage } from './fixtures/browser.ts'
import { infra, newRoom } from './hub-process.ts'

// What a new user does first: the demo room, in a browser and with other people's programs, killed in the middle,
// started again, verified. With INFRA_PICTURES=docs it also takes the picture that the README shows.

/** The demo's own config on ports that nobody else has. */
function demoConfig(): string {
  const first = 20_000 + (process.pid % 20_000)
  const demo = readFileSync(new URL('../config/demo.yaml', import.meta.url), 'utf8')
  const ports = [...new Set(demo.match(/(?<=(?:[pP]ort: |127\.0\.0\.1:))\d{4,5}/g))]
  const moved = ports.reduce((text, port, i) => text.replaceAll(port, String(first + i)), demo)
  return `${moved}\nhttp: { port: 0 }\n`
}

t.setTimeout(120_000)

void inBrowser('the demo room does what its buttons say, and proves it', async (t, browser) => {
  const room = newRoom(t, demoConfig())
  const hub = await room.start({ demo: true })
  const pictures = process.env['INFRA_PICTURES']

  await onPage(t, browser, hub.url, {}, async (page) => {
    await page.fill('#operator', 'anna')
    for (const name of ['PREVIEW 2', 'REC', 'CUT', 'GO', 'NOTIFY', 'START SHOW'])
      await key(page, name).click()
    await key(page, 'REC').locator('.key-state', { hasText: 'on' }).waitFor()
    const done = (event: BusEvent) => event.type === 'RunAdvanced' && event.state === 'done'
    t.match(await hub.entry(done), { macro: 'start_production' })
    const rows = page.locator('.rows li')
    await rows.filter({ hasText: 'StartRecording' }).first().waitFor()
    t.match(await rows.filter({ hasText: 'anna' }).count(), Number)
    await page.getByRole('button', { name: 'Page 2' }).click()
    await key(page, 'DOOR').locator('.key-image:not([hidden])').waitFor()
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/console-camera.png` })
    await page.getByRole('button', { name: 'Page 1' }).click()
    await page.getByRole('button', { name: 'Verify now' }).click()
    await page.locator('[data-ok=true]').waitFor()
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/console.png` })
  })
  if (pictures !== undefined)
    await onPage(t, browser, hub.url, { viewport: { width: 390, height: 844 } }, async (page) => {
      await key(page, 'CUT').waitFor()
      await page.screenshot({ path: `${pictures}/console-phone.png` })
    })

  const osc = spawnSync('oscsend', [
    '127.0.0.1',
    String(await hub.port('touch')),
    '/location/1/0/1/press',
  ])
  const byHand = osc.error === undefined
  t.ok(byHand || !process.env['CI'], 'oscsend is there (Debian: apt-get install liblo-tools)')
  const pressed = await infra(t, ['--url', hub.url, 'press', '1/0/0'])
  t.match(pressed, { code: 0, out: /^confirmed {2}fire mypro Cut/ })

  const ids = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const { status, body } = await hub.submit({
        verb: 'fire',
        device: 'desk',
        action: '/cue/go',
        args: [n],
      })
      return status === 202 ? String(body['id']) : null
    }),
  )
  await hub.end('SIGKILL')
  const again = await room.start({ demo: true })
  for (const id of ids) if (id !== null) t.match(await again.outcome(id), /^(sent|unknown)$/)
  const verified = await infra(t, ['witness', 'verify', room.data])
  t.match(verified, { code: 0, out: /verified/ })
  t.equal((await again.end('SIGTERM')).code, 0)
})

t.test('the demo config is the one that ships', async (t) => {
  const file = fileURLToPath(new URL('../config/demo.yaml', import.meta.url))
  t.match(await infra(t, ['config', 'check', file]), { code: 0 })
  const { out } = await infra(t, ['config', 'schema'])
  const schema = JSON.parse(out) as TSchema // of our own making
  t.ok(Check(schema, parse(readFileSync(file, 'utf8'))), 'and an editor takes it, too')
  t.notOk(Check(schema, parse('{ sites: a }')), 'control: it does not take anything')
})
