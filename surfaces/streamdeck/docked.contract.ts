import type { Test } from 'tap'
import { RecordingHost } from '../recording-host.contract.ts'
import type { EmulatedDock } from './emulated-dock.fixture.ts'
import { openStreamDecks } from './surface.ts'
import { usbLibrary } from './usb.ts'

/** The surface with one dock by address, until the test ends. */
export async function docked(t: Test, dock: EmulatedDock, host = new RecordingHost()) {
  const port = await dock.listen()
  const given = { usb: false, docks: [{ host: '127.0.0.1', port }] }
  const surface = await openStreamDecks(given, host, usbLibrary)
  t.teardown(async () => {
    await surface.close()
    await dock.close()
  })
  return { host, surface, port }
}
