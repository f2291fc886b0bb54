import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import type { Page } from 'playwright-core'
import { begin, evening, sealedData, textOf } from '../../report/evening.contract.ts'
import { inBrowser, onPage } from '../../test/fixtures/browser.ts'
import { verifierPage } from '../../verifier/made.ts'
import { logSigner, newFolder } from '../../witness/seal/try.fixture.ts'
import { newKey, parseKey } from '../../witness/sign/key.ts'
import { exportBundle } from './export.ts'
import { auditReportFile, writeReport } from './report.ts'

const version = '0.1.0'
const asked = { keys: [logSigner.vkey], policy: null, heads: [], strict: false, version }

async function madeReport(t: Test, options: Partial<Parameters<typeof writeReport>[0]> = {}) {
  const data = sealedData(t, evening())
  const out = join(newFolder(t), 'report.html')
  const part = { data, from: null, to: null, around: null, bundle: null }
  const done = await writeReport({
    ...part,
    keys: [],
    policy: null,
    out,
    version,
    madeAt: begin,
    ...options,
  })
  return { data, out, done }
}

void t.test(
  'a report verifies as the bundle in it, and its words as what its lines give',
  async (t) => {
    const { out, done } = await madeReport(t)
    t.match(done, { exit: 0, entries: 11 })
    const audit = await auditReportFile(out, asked)
    t.equal(audit.exit, 0)
    t.match(audit.lines.at(-1), ['TEXT', 'what its lines give'])
  },
)

void t.test('whatever is changed in a report is found', async (t) => {
  const { out } = await madeReport(t)
  const good = textOf(out)
  const after = async (html: string) => {
    writeFileSync(out, html)
    const { exit, lines } = await auditReportFile(out, asked)
    return { exit, text: lines.at(-1)?.join(' ') }
  }
  const gzip = />([A-Za-z0-9+/=]{100,})<\/script>/.exec(good)?.[1] ?? ''
  const bundle = gunzipSync(Buffer.from(gzip, 'base64')).toString()
  const forged = gzipSync(bundle.replace('"Cut"', '"Fun"')).toString('base64')
  t.match(await after(good.replace(gzip, forged)), { exit: 5 }, 'a sealed line')
  t.match(
    await after(good.replace('>confirmed<', '>failed<')),
    { exit: 5, text: /^TEXT CHANGED/ },
    'a word that people read',
  )
  t.match(
    await after(good.replace('NOT VERIFIED', 'Verified')),
    { exit: 5, text: /^TEXT CHANGED/ },
    'the program in it',
  )
  t.match(await after(good), { exit: 0 }, 'control')
  const { exit, lines } = await auditReportFile(out, { ...asked, version: '9.9.9' })
  t.equal(exit, 0)
  t.match(lines.at(-1)?.[1], /made by version 0.1.0: this one cannot make it again/)
  await t.rejects(after('<p>no report</p>'), /is no report/)
})

void t.test('a report of a bundle is that of the folder it is of', async (t) => {
  const { data, out } = await madeReport(t)
  const bundle = join(newFolder(t), 'a.ifw.ndjson')
  await exportBundle({ data, from: null, to: null, around: null, out: bundle })
  const again = exportBundle({ data, from: null, to: '4', around: null, out: bundle })
  await t.rejects(again, /there is a file .* already: take another name/)
  const second = join(newFolder(t), 'b.html')
  const part = { data: 'nowhere', from: null, to: null, around: null, bundle }
  const options = { ...part, policy: null, out: second, version, madeAt: begin }
  await t.rejects(writeReport({ ...options, keys: [] }), /whose is/)
  await writeReport({ ...options, keys: [logSigner.vkey] })
  t.equal(textOf(second), textOf(out))
})

void t.test('a report by a policy says what that asks for, and whose log it is', async (t) => {
  const policy = join(newFolder(t), 'policy')
  const { vkey } = parseKey(newKey('auditor.example/w1', 'witness'))
  const log = `log ${logSigner.vkey} https://studio.example\nwitness w1 ${vkey}\n`
  writeFileSync(policy, `${log}quorum w1\n`)
  const { out, done } = await madeReport(t, { policy })
  t.match(done, { exit: 9, verdict: { fault: 'unwitnessed' } })
  const html = readFileSync(out, 'utf8')
  t.match(html, `<code>${logSigner.vkey}</code>`, 'not the key in the folder')
  t.match(html, 'NOT ENOUGH')
  writeFileSync(policy, `${log}quorum none\n`)
  t.equal((await madeReport(t, { policy })).done.exit, 0, 'control')
})

/** Opens a page, gives it a key, and tells what it says. */
async function verify(page: Page) {
  await page.fill('#trust', logSigner.vkey)
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.locator('#said.good, #said.bad').waitFor()
  const rows = await page.locator('#verdict tr').allInnerTexts()
  return { said: await page.locator('#said').textContent(), text: rows.join('\n') }
}

void inBrowser(
  'a report verifies itself in the browser, with the key of its reader',
  async (t, browser) => {
    const { out } = await madeReport(t)
    const good = textOf(out)
    const url = pathToFileURL(out).href
    await onPage(t, browser, url, {}, async (page) => {
      t.match(await page.locator('#said').textContent(), /^Not verified yet.*own claim/)
      const { said, text } = await verify(page)
      t.match(said, /^Verified/)
      t.match(text, /INTEGRITY\tgood: 11 lines/)
      t.match(text, /TEXT\tthe words are those that it was made with/)
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Save the bundle' }).click()
      t.equal((await download).suggestedFilename(), 'report.ifw.ndjson')
    })
    const changed = async (html: string) => {
      writeFileSync(out, html)
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(url)
      const found = await verify(page)
      await context.close()
      return found
    }
    const gzip = />([A-Za-z0-9+/=]{100,})<\/script>/.exec(good)?.[1] ?? ''
    const bundle = gunzipSync(Buffer.from(gzip, 'base64')).toString()
    const forged = gzipSync(bundle.replace('"Cut"', '"Fun"')).toString('base64')
    const lie = await changed(good.replace(gzip, forged))
    t.match(lie.said, /^NOT VERIFIED/)
    t.match(lie.text, /BROKEN: it does not follow line 1/)
    const word = await changed(good.replace('>confirmed<', '>failed<'))
    t.match(word.said, /^NOT VERIFIED/)
    t.match(word.text, /TEXT\tCHANGED/)
    t.match((await changed(good)).said, /^Verified/, 'control')
  },
)

void inBrowser(
  "a reader's own page verifies a report, whatever program is in that",
  async (t, browser) => {
    const { out } = await madeReport(t)
    const page = join(newFolder(t), 'infra-verify.html')
    writeFileSync(page, verifierPage())
    await onPage(t, browser, pathToFileURL(page).href, {}, async (own) => {
      await own.setInputFiles('#file', out)
      const { said, text } = await verify(own)
      t.match(said, /^Verified/)
      t.match(text, /TEXT\tthe words are those/)
      const lie = textOf(out).replace('>confirmed<', '>failed<')
      await own.setInputFiles('#file', {
        name: 'r.html',
        mimeType: 'text/html',
        buffer: Buffer.from(lie),
      })
      t.match((await verify(own)).text, /TEXT\tCHANGED/)
    })
  },
)

void inBrowser(
  'what a device answers runs nowhere in a report, and is there to read',
  async (t, browser) => {
    const { out } = await madeReport(t)
    await onPage(t, browser, pathToFileURL(out).href, {}, async (page) => {
      t.match(await page.title(), /^studio.example\/log, 2026-11-21/)
      t.equal(await page.locator('#report script, #report img').count(), 0)
      const row = page.locator('.list tr', { hasText: 'refused' })
      t.match(await row.textContent(), /<script>document.title = "owned"<\/script>.*\\x202egpj/)
    })
  },
)

void inBrowser(
  'a report is read by who does not see it, and prints with a head on each page',
  async (t, browser) => {
    const { out } = await madeReport(t)
    await onPage(t, browser, pathToFileURL(out).href, {}, async (page) => {
      t.equal(await page.locator('table:not(:has(caption))').count(), 0, 'each table is named')
      t.equal(await page.locator('thead th:not([scope=col])').count(), 0)
      t.match(
        await page.getByRole('img').first().getAttribute('aria-label'),
        /3 intents on 1 lanes/,
      )
      t.same(await page.evaluate(lowContrast), [], 'every text reaches 4.5:1')
      const pdf = await page.pdf({ preferCSSPageSize: true })
      t.ok(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g), 'pages')
      const rules = await page.evaluate(
        '[...document.styleSheets].flatMap((s) => [...s.cssRules]).map((r) => r.cssText).join()',
      )
      t.match(
        String(rules),
        /@top-left \{[^}]*studio.example\/log.*@bottom-right \{[^}]*counter\(page/,
      )
      t.match(String(rules), /tr, figure, .claim, pre \{ break-inside: avoid; \}/)
    })
  },
)

/** Texts whose colour is too near to what they stand on: WCAG 2.2, 1.4.3. Runs in the page. */
const lowContrast = `(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if (!/, 0\\)$/.test(colour)) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  return [...document.querySelectorAll('body *')]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== ''))
    .filter((e) => !(e instanceof HTMLScriptElement))
    .filter((e) => {
      const style = getComputedStyle(e)
      const [a, b] = [light(e.closest('svg') ? style.fill : style.color), light(ground(e))]
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5
    })
    .map((e) => e.outerHTML.slice(0, 80))
})()`
