import { join } from 'node:path'
import { plug, socat } from '../../surfaces/serial/box.fixture.ts'
import { controlsAt, spotOf } from './grid.ts'
import { NotHere, type Prepared, type Way } from './way.ts'

/** Of a real line, as the surface has it unless the config says otherwise; 8N1 is ten bits a byte. */
const baud = 115_200
const bitsAByte = 10

async function prepare(folder: string): Promise<Prepared> {
  if ('skip' in socat) throw new NotHere(socat.skip)
  const path = join(folder, 'tty')
  // `end` takes away what a test would at its end
  const box = await plug({ teardown: () => {} }, path)
  return {
    config: `type: serial, path: ${path}`,
    async connect() {
      await box.hears(/^WHO$/m)
      box.say('HELLO bench KEYS=32 COLUMNS=8')
      await box.hears(/^READY bench$/m)
      return {
        press(number) {
          const { row, col } = spotOf(number)
          box.say(`PRESS ${row * 8 + col}`)
        },
        close: () => {}, // with `end`
      }
    },
    end: box.unplug,
  }
}

export const serial: Way = {
  name: 'serial box',
  link: 'pseudo-terminal',
  carries: Math.floor(baud / bitsAByte / 'PRESS 31\n'.length),
  surface: 'serial',
  says: controlsAt({ row: 0, col: 0 }, 4, 8),
  prepare,
}
