import { EmulatedDock } from '../../surfaces/streamdeck/emulated-dock.fixture.ts'
import { controlsAt, spotOf } from './grid.ts'
import type { Prepared, Way } from './way.ts'

/** A Studio's keys, in two rows between its dials; their state is one packet, a byte a key. */
const keys = 32

async function prepare(): Promise<Prepared> {
  const dock = new EmulatedDock()
  const port = await dock.listen()
  const state = (down: number | null) => {
    const bytes = Buffer.alloc(keys)
    if (down !== null) bytes[down] = 1
    dock.say(`01002000${bytes.toString('hex')}`)
  }
  let isOpen = true
  const end = async () => {
    if (isOpen) await dock.close()
    isOpen = false
  }
  return {
    config: `type: streamdeck, usb: false, docks: [{ host: 127.0.0.1, port: ${port} }]`,
    async connect() {
      await dock.until(() => dock.packets.length > 0)
      return {
        press(number) {
          // what it was shown is not looked at here
          dock.packets.length = 0
          const { row, col } = spotOf(number)
          state(row * 16 + col - 1)
          state(null)
        },
        close: () => void end(),
      }
    },
    end,
  }
}

export const streamDeck: Way = {
  name: 'Stream Deck Studio',
  link: 'TCP, emulated',
  surface: 'streamdeck',
  says: controlsAt({ row: 0, col: 1 }, 2, 16),
  prepare,
}
