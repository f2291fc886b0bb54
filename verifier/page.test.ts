import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import type { Page } from 'playwright-core'
import { inBrowser, onPage } from '../test/fixtures/browser.ts'
import { bundleParts } from '../witness/bundle.ts'
import { readLines } from '../witness/seal/segments.ts'
import { SealStore } from '../witness/seal/store.ts'
import { headOf, logSigner, newFolder, sealEntries } from '../witness/seal/try.fixture.ts'
import { newKey, parseKey } from '../witness/sign/key.ts'
import { cosignatureLine } from '../witness/sign/note.ts'
import { htmlDocument, verifyForm } from './document.ts'
import { verifierPage, verifierParts } from './made.ts'
import { ed25519 } from './node.js'
import type * as lentByBrowser from './subtle.js'

const witness = parseKey(newKey('auditor.example/w1', 'witness'))

function bundle(t: Test): Buffer {
  const folder = newFolder(t)
  const store = new SealStore(folder)
  sealEntries(store, 0, 40)
  const { text, note } = headOf(store)
  const parts = bundleParts(
    { origin: logSigner.name, from: 5, to: 33, size: 40 },
    readLines(`${folder}/segments`, 5, 33),
    note + cosignatureLine(witness, text, 1_795_000_000),
    (range) => store.hashOf(range),
  )
  const bytes = Buffer.concat([...parts].map((part) => Buffer.from(part)))
  store.close()
  return bytes
}

/** A file on a disk, as a page that was carried there on a stick is opened. */
function fileUrl(t: Test, html: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'if-page-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'page.html')
  writeFileSync(path, html)
  return pathToFileURL(path).href
}

async function verify(page: Page, trust: string, name: string, buffer: Buffer) {
  await page.fill('#trust', trust)
  const mimeType = 'application/x-ndjson'
  await page.setInputFiles('#file', { name, mimeType, buffer })
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.locator('#said.good, #said.bad').waitFor()
  const said = await page.locator('#said').textContent()
  const rows = await page.locator('#verdict tr').allInnerTexts()
  return { said, lines: rows.map((row) => row.replace('\t', ' ')) }
}

void inBrowser('the page says of a bundle what the program says', async (t, browser) => {
  const good = bundle(t)
  await onPage(t, browser, fileUrl(t, verifierPage()), {}, async (page) => {
    const policy = `log ${logSigner.vkey}\nwitness w1 ${witness.vkey}\nquorum w1\n`
    const found = await verify(page, policy, 'a.ifw.ndjson', good)
    t.match(found.said, /^Verified/)
    t.same(found.lines.slice(0, 2), [
      `INTEGRITY good: 28 lines, 1 signed heads of ${logSigner.name}`,
      'COMPLETENESS lines 5 to 32 of the 40 that were signed',
    ])
    t.match(found.lines.join('\n'), /WITNESSED auditor.example\/w1, of size 40; asked for: w1/)
    t.match(found.lines.join('\n'), /TIME all of it was there at 2026-11-18T/)
    t.match((await verify(page, logSigner.vkey, 'a.ifw.ndjson', good)).said, /^Verified/)

    const bad = Buffer.from(good.toString().replace('"entry":17', '"entry":18'))
    const broken = await verify(page, policy, 'a.ifw.ndjson', bad)
    t.match(broken.said, /^NOT VERIFIED/)
    t.match(broken.lines[0], /BROKEN: it does not follow line 17.*line 18 \(a.ifw.ndjson, byte/)
    const other = parseKey(newKey(logSigner.name, 'log')).vkey
    t.match((await verify(page, other, 'a.ifw.ndjson', good)).lines[2], /^SIGNED NOT GOOD/)
  })
})

void inBrowser(
  'the page says what is missing, and trusts nothing that it was not given',
  async (t, browser) => {
    await onPage(t, browser, fileUrl(t, verifierPage()), {}, async (page) => {
      await page.getByRole('button', { name: 'Verify' }).click()
      await page.locator('#said.bad', { hasText: 'Paste the public key' }).waitFor()
      await page.fill('#trust', logSigner.vkey)
      await page.getByRole('button', { name: 'Verify' }).click()
      await page.locator('#said.bad', { hasText: 'Choose a bundle' }).waitFor()
      const found = await verify(page, 'rubbish', 'a.ifw.ndjson', bundle(t))
      t.match(found.said, /'rubbish' is no verifier key/)
      t.match((await verify(page, logSigner.vkey, 'a.html', Buffer.from('<p>'))).said, /no report/)
    })
  },
)

void inBrowser('the page can speak to nobody, whatever runs in it', async (t, browser) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('Access-Control-Allow-Origin', '*').end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo // it listens on TCP
  const tries = `(async () => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "run"'
    document.body.append(script)
    const loaded = new Promise((resolve) => {
      const image = new Image()
      image.onload = image.onerror = resolve
      image.src = 'http://127.0.0.1:${port}/image'
    })
    await fetch('http://127.0.0.1:${port}/fetch').catch(() => {})
    await loaded
    return document.title
  })()`
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(fileUrl(t, verifierPage()))
  t.equal(await page.evaluate(tries), 'Verify a sealed record', 'no other script runs')
  t.same(asked, [], 'and nothing is asked')
  await page.goto(fileUrl(t, verifierPage().replace(/<meta http-equiv=[^>]*>/, '')))
  t.equal(await page.evaluate(tries), 'run', 'control: without its policy it would')
  t.same(asked.toSorted(), ['/fetch', '/image'])
  await context.close()
})

/** Kept beside the repository, or beside the folder of its work trees. */
const found = ['../../shared/', '../../../shared/']
  .map((folder) => new URL(`${folder}vectors/ed25519/wycheproof.json`, import.meta.url))
  .find((url) => existsSync(url))

interface Vectors {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string }
    readonly tests: readonly {
      readonly tcId: number
      readonly msg: string
      readonly sig: string
      readonly result: 'valid' | 'invalid'
    }[]
  }[]
}

/** Each case: its number, key, text, signature, and whether that is good. */
function published() {
  const { testGroups } = JSON.parse(readFileSync(found ?? '', 'utf8')) as Vectors // as its document says
  return testGroups.flatMap(({ publicKey, tests }) =>
    tests.map(({ tcId, msg, sig, result }) => ({ tcId, key: publicKey.pk, msg, sig, result })),
  )
}

const skip = found === undefined ? 'the published vectors are not beside this repository' : false

void t.test('Node agrees with published vectors of Ed25519', { skip }, async (t) => {
  const bytes = (text: string) => Buffer.from(text, 'hex')
  const cases = published()
  t.ok(cases.length > 100)
  for (const { tcId, key, msg, sig, result } of cases)
    t.equal(await ed25519(bytes(key), bytes(msg), bytes(sig)), result === 'valid', String(tcId))
})

if (found !== undefined)
  void inBrowser('so does the browser', async (t, browser) => {
    const { styles, script } = verifierParts()
    const tried = `${script}\nglobalThis.tried = { ed25519 }`
    const html = htmlDocument({
      title: '',
      styles,
      script: tried,
      body: verifyForm({ file: true }),
    })
    await onPage(t, browser, fileUrl(t, html), {}, async (page) => {
      const cases = published()
      const asked = cases.map(({ key, msg, sig }) =>
        [key, msg, sig].map((text) => [...Buffer.from(text, 'hex')]),
      )
      const answers = await page.evaluate(async (all) => {
        const { tried: lent } = globalThis as unknown as { tried: typeof lentByBrowser } // as the script above says
        const good: boolean[] = []
        for (const [key = [], msg = [], sig = []] of all)
          good.push(
            await lent.ed25519(Uint8Array.from(key), Uint8Array.from(msg), Uint8Array.from(sig)),
          )
        return good
      }, asked)
      t.same(
        answers,
        cases.map(({ result }) => result === 'valid'),
      )
    })
  })
