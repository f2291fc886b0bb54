import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { EmulatedDock } from '../surfaces/streamdeck/emulated-dock.fixture.ts'
import { openTestCore } from './core.contract.ts'
import { openSurfaces } from './surfaces.ts'

void t.test('who is plugged in while the hub runs is named in its status', async (t) => {
  const dock = new EmulatedDock()
  const port = await dock.listen()
  const { core } = await openTestCore(t, {
    config: `
site: s
surfaces:
  decks: { type: streamdeck, usb: false, docks: [{ host: 127.0.0.1, port: ${port} }] }
`,
  })
  const surfaces = await openSurfaces(core, core.config(), join(core.data, 'infra.yaml'), () => '')
  t.teardown(async () => {
    await surfaces.close()
    await dock.close()
  })
  const address = () => surfaces.views().find(({ name }) => name === 'decks')?.address ?? ''
  const last = Date.now() + 30_000
  while (!address().includes('DOCK000042') && Date.now() < last) await pause(5)
  t.match(address(), 'Stream Deck Studio DOCK000042')
})
