import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Compile } from 'typebox/schema'
import { opened } from '../surfaces/http/open.contract.ts'
import { EmulatedApp } from './emulated-app.fixture.ts'
import { actionNames, pluginName } from './names.ts'

// The packaged plugin, started as the Stream Deck app starts it, between an emulated app and our own HTTP server.

const root = new URL('..', import.meta.url).pathname
const into = mkdtempSync(join(tmpdir(), 'infra-plugin-'))
t.teardown(() => rmSync(into, { recursive: true }))
const folder = join(into, `${pluginName}.sdPlugin`)
const built = spawnSync(
  process.execPath,
  [...process.execArgv, join(root, 'streamdeck-plugin/build.ts'), into],
  { cwd: root, stdio: 'inherit' },
)

async function desk(t: Test) {
  const hub = await opened(t)
  const app = new EmulatedApp()
  app.globalSettings = { url: hub.url, operator: 'anna' }
  t.teardown(() => app.close())
  await app.start(folder)
  return { hub, app }
}

t.test("the package is whole, and its manifest is one by Elgato's own schema", async (t) => {
  t.equal(built.status, 0)
  const schema: object = JSON.parse(
    readFileSync(
      join(root, 'node_modules/@elgato/schemas/streamdeck/plugins/manifest.json'),
      'utf8',
    ),
  )
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const check = Compile(schema)
  t.ok(check.Check(manifest), JSON.stringify(check.Errors(manifest)).slice(0, 500))
  t.notOk(check.Check({ ...manifest, CodePath: 7 }), 'the schema bites')
  t.same(
    manifest.Actions.map(({ UUID }: { UUID: string }) => UUID),
    Object.values(actionNames),
  )
  t.ok(existsSync(join(folder, manifest.CodePath)))
  t.ok(existsSync(join(folder, manifest.PropertyInspectorPath)))
  const images = [manifest.Icon, manifest.CategoryIcon]
  for (const { Icon, States } of manifest.Actions) images.push(Icon, States[0].Image)
  for (const image of images)
    for (const suffix of ['.png', '@2x.png']) t.ok(existsSync(join(folder, image + suffix)), image)
})

t.test(
  'a control key shows its live face, and a press is one gesture down and one up',
  async (t) => {
    const { hub, app } = await desk(t)
    const settings = { page: '1', row: '0', col: '0' }
    app.appears('K1', actionNames.control, settings)
    await app.until(() => app.glass('K1').includes('>GO<'))
    hub.draw(0, 'A <b>')
    await app.until(() => app.glass('K1').includes('&#60;b&#62;'))
    app.keyDown('K1', actionNames.control, settings)
    app.keyUp('K1', actionNames.control, settings)
    while (hub.wishes.length === 0) await new Promise((resolve) => setImmediate(resolve))
    t.match(hub.wishes[0], {
      actor: { type: 'operator', id: 'anna', control: '1/0/0' },
      intent: { verb: 'fire', device: 'desk' },
    })
  },
)

t.test('an intent key is pending until the outcome, and red with the reason', async (t) => {
  const { hub, app } = await desk(t)
  const slow = { verb: 'fire', device: 'slow', name: '/cue/go', value: '[1]' }
  app.appears('K2', actionNames.intent, slow)
  await app.until(() => app.glass('K2').includes('/cue/go') && !app.glass('K2').includes('no hub'))
  app.keyDown('K2', actionNames.intent, slow)
  await app.until(() => app.glass('K2').includes('#ffc65c'))
  t.match(hub.wishes[0]?.intent, { verb: 'fire', device: 'slow', action: '/cue/go', args: [1] })
  const quick = { verb: 'fire', device: 'desk', name: '/cue/go' }
  app.appears('K7', actionNames.intent, quick)
  app.keyDown('K7', actionNames.intent, quick)
  await app.until(() => app.glass('K7').includes('#4ade95'))
  const ghost = { verb: 'set', device: 'ghost', name: '/level', value: '0.5' }
  app.appears('K3', actionNames.intent, ghost)
  app.keyDown('K3', actionNames.intent, ghost)
  await app.until(() => app.glass('K3').includes('#ff7a76'))
  t.match(app.glass('K3'), /ghost/, 'why')
})

t.test('a macro key runs its macro once a press', async (t) => {
  const { hub, app } = await desk(t)
  const settings = { macro: 'start_show', value: '' }
  app.appears('K4', actionNames.macro, settings)
  await app.until(() => app.glass('K4').includes('start_show'))
  await app.until(() => !app.glass('K4').includes('no hub'))
  for (let n = 0; n < 3; n++) {
    app.keyDown('K4', actionNames.macro, settings)
    app.keyUp('K4', actionNames.macro, settings)
  }
  await app.until(() => app.glass('K4').includes('#4ade95'))
  while (hub.wishes.length < 3) await new Promise((resolve) => setImmediate(resolve))
  t.same(
    hub.wishes.map(({ intent }) => intent),
    Array.from({ length: 3 }, () => ({ verb: 'run', macro: 'start_show', args: null })),
  )
})

t.test('a key without settings says what is missing, and sends nothing', async (t) => {
  const { hub, app } = await desk(t)
  app.appears('K5', actionNames.intent, {})
  await app.until(() => app.glass('K5').includes('set up'))
  app.keyDown('K5', actionNames.intent, {})
  await app.until(() => app.said.some(({ event }) => event === 'showAlert'))
  t.equal(hub.wishes.length, 0)
})

t.test('without a hub a press is not kept for later, and the key says so', async (t) => {
  const { hub, app } = await desk(t)
  const settings = { page: 1, row: 0, col: 0 }
  app.appears('K6', actionNames.control, settings)
  await app.until(() => app.glass('K6').includes('>GO<'))
  await hub.server.close()
  await app.until(() => app.glass('K6').includes('no hub'))
  app.keyDown('K6', actionNames.control, settings)
  await app.until(() => app.said.some(({ event }) => event === 'showAlert'))
  t.equal(hub.wishes.length, 0)
})
