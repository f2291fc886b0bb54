import { longestSysex, midiParser } from '../../wire/midi-parser.ts'
import { encodeMidi } from '../../wire/midi.ts'
import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { consoleOf } from './console.ts'
import { mackieDisplay } from './display.ts'
import { layoutOf } from './layout.ts'
import { type ModelName, modelNames, models } from './models.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

function target(name: ModelName): FuzzTarget {
  return {
    name: `MIDI of a console, ${name}`,
    seeds: [
      bytes('90 5e 7f 90 5e 00'),
      bytes('90 68 7f e0 00 40 e0 10 40 90 68 00'),
      bytes('b0 10 01 b0 17 45 b0 3c 41'),
      bytes('f0 00 00 66 14 01 30 31 32 33 34 35 36 01 02 03 04 f7'),
      bytes('f0 00 20 32 58 54 00 f7 fe f8'),
    ],
    open() {
      const model = models[name]
      const layout = layoutOf(model, false)
      const options = { rings: 'bar', pagesAsKeys: false } as const
      const console = consoleOf(model, layout, mackieDisplay(model), options)
      const parser = midiParser(longestSysex)
      return (chunk) => {
        for (const each of parser.push(chunk)) {
          if (!each.ok) continue
          const { said, send } = console.hear(each.message)
          for (const message of send) encodeMidi(message)
          if (said === null || !('row' in said)) continue
          const { row, col } = said
          if (!layout.controls.some((at) => at.row === row && at.col === col))
            throw new Error(`there is no control at ${row}/${col}`)
        }
      }
    },
  }
}

export const targets: readonly FuzzTarget[] = modelNames.map((name) => target(name))
