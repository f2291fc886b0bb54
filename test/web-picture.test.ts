import type { DeviceId } from '../intents/id.ts'
import type { PictureView } from '../surfaces/http/picture-view.ts'
import { browserTest, key, look } from './fixtures/browser.ts'
import { jpeg, png } from './fixtures/pictures.ts'
import type { WebDouble } from './fixtures/web-double.ts'

const place = { page: 1, row: 0, col: 0 }
const air = { device: 'obs' as DeviceId, name: 'air' }

/** What the device behind CUT shows from now on. */
function show(hub: WebDouble, tag: string, bytes: Buffer): void {
  const type = bytes === jpeg ? ('image/jpeg' as const) : ('image/png' as const)
  hub.pictures.set('1/0/0', { state: 'live', type, bytes, tag })
  hub.face(place, { picture: { ...air, state: 'live', tag, detail: '' } })
}

/** Nothing can be seen from now on. */
function blind(hub: WebDouble, state: 'none' | 'elsewhere', detail: string): void {
  const picture: PictureView = { ...air, state, tag: null, detail }
  hub.pictures.set('1/0/0', { state, detail })
  hub.face(place, { picture })
}

void browserTest(
  'a button shows what its device shows, the newest, and its text where there is nothing to see',
  async (t, page, hub) => {
    const image = key(page, 'CUT').locator('.key-image')
    const word = (text: string) => key(page, 'CUT').locator('.key-state', { hasText: text })
    const seen = (tag: string) =>
      key(page, 'CUT').locator(`.key-image[src$="tag=${tag}"]:not([hidden])`).waitFor()
    t.equal(await image.isVisible(), false)

    show(hub, 'first', png)
    await seen('first')
    const isWide = (width: number) =>
      page.waitForFunction(`document.querySelector('.key-image').naturalWidth === ${width}`)
    await isWide(2)
    show(hub, 'second', jpeg)
    await seen('second')
    await isWide(8)
    t.ok(await key(page, 'CUT').locator('.key-text').isVisible(), 'its name stays readable')
    const pictures = process.env['INFRA_SCREENSHOTS']
    if (pictures !== undefined) {
      show(hub, 'again', png)
      await seen('again')
      await page.screenshot({ path: `${pictures}/picture.png` })
    }

    hub.fate('CUT', 'failed')
    await key(page, 'CUT').click()
    await look(page, 'CUT', 'failed')
    t.ok(
      await key(page, 'CUT').locator('.key-reason', { hasText: 'refused' }).isVisible(),
      'what went wrong is read over the picture',
    )
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/picture-failed.png` })
    hub.fate('GO', 'failed')
    await key(page, 'GO').click()
    const why = page.locator('#why', { hasText: 'GO (unidentified)' })
    await why.waitFor()
    show(hub, 'meanwhile', jpeg)
    await seen('meanwhile')
    t.ok(await why.isVisible(), 'a picture tells no older failure over the newest')
    hub.face(place, { state: 'idle', last: null })

    show(hub, 'broken', Buffer.from('89504e470d0a1a0a', 'hex'))
    await word('no picture').waitFor()
    t.equal(await image.isVisible(), false, 'no broken image')
    show(hub, 'third', png)
    await seen('third')
    t.equal(await word('no picture').count(), 0, 'control: it is there again')

    blind(hub, 'none', 'obs shows no picture air at this moment')
    await word('no picture').waitFor()
    t.equal(await image.isVisible(), false)
    t.match(await key(page, 'CUT').getAttribute('title'), /^obs shows no picture air/)
    blind(hub, 'elsewhere', 'obs air: the hub hub-b acts for it: ask there')
    await word('seen elsewhere').waitFor()
    t.match(await key(page, 'CUT').getAttribute('aria-label'), /seen elsewhere: .* hub-b acts/)
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/picture-elsewhere.png` })
  },
)

void browserTest(
  'a flood of pictures is passed over: one load at a time, and the newest is there in the end',
  async (t, page, hub) => {
    let asked = 0
    page.on('request', (request) => {
      if (request.url().includes('/picture')) asked++
    })
    for (let i = 0; i < 2000; i++) show(hub, `flood-${i}`, i % 2 === 0 ? png : jpeg)
    await key(page, 'CUT').locator('.key-image[src$="tag=flood-1999"]:not([hidden])').waitFor()
    t.ok(asked < 1000, `${asked} of 2000 were fetched`)
    t.equal(await page.locator('img').count(), await page.locator('.key').count())

    await page.getByRole('button', { name: 'Page 2' }).click()
    await key(page, 'SECOND').waitFor()
    const before = asked
    for (let i = 0; i < 100; i++) show(hub, `unseen-${i}`, png)
    hub.face({ page: 2, row: 0, col: 0 }, { text: 'LATER' })
    await key(page, 'LATER').waitFor()
    t.equal(asked, before, 'a page that nobody looks at fetches nothing')
    await page.getByRole('button', { name: 'Page 1' }).click()
    await key(page, 'CUT').locator('.key-image[src$="tag=unseen-99"]:not([hidden])').waitFor()
  },
)

void browserTest(
  'a picture that is slow to come is waited for, and those in between are passed over',
  async (t, page, hub) => {
    const asked: string[] = []
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/picture?*', async (route) => {
      asked.push(new URL(route.request().url()).search)
      await released
      await route.continue()
    })
    const first = page.waitForRequest('**/picture?*')
    show(hub, 'slow-0', png)
    await first
    for (let i = 1; i < 6; i++) {
      show(hub, `slow-${i}`, jpeg)
      hub.face({ page: 1, row: 0, col: 1 }, { text: `DRAWN ${i}` })
      await key(page, `DRAWN ${i}`).waitFor()
    }
    t.same(asked, ['?tag=slow-0'])
    release()
    await key(page, 'CUT').locator('.key-image[src$="tag=slow-5"]:not([hidden])').waitFor()
    t.same(asked, ['?tag=slow-0', '?tag=slow-5'])
  },
)

void browserTest(
  'a picture of the config stands where its device shows none, a file as well as an inline one',
  async (_t, page, hub) => {
    const inline = `data:image/png;base64,${png.toString('base64')}`
    const shown = (address: string) =>
      key(page, 'CUT').locator(`.key-image[src="${address}"]:not([hidden])`).waitFor()
    hub.face(place, { image: inline })
    await shown(inline)
    hub.images.set('1/0/0', { type: 'image/jpeg', bytes: jpeg })
    hub.face(place, { image: 'pictures/cut.jpg' })
    await shown('/api/v1/controls/1/0/0/image')
    show(hub, 'live', png)
    await shown('/api/v1/controls/1/0/0/picture?tag=live')
    blind(hub, 'none', 'obs shows no picture air at this moment')
    await shown('/api/v1/controls/1/0/0/image')
  },
)

void browserTest(
  'a browser that has signed in sees the picture, and only then',
  async (t, page, hub) => {
    show(hub, 'first', png)
    const at = `${hub.address}/api/v1/controls/1/0/0/picture`
    t.equal((await fetch(at)).status, 401)
    await page.locator('#sign-in[open]').waitFor()
    await page.fill('[name=token]', 'right')
    await page.keyboard.press('Enter')
    await key(page, 'CUT').locator('.key-image[src$="tag=first"]:not([hidden])').waitFor()
  },
  { token: 'right' },
)
