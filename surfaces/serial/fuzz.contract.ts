import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { type Box, parseBoxLine } from './said.ts'

export const targets: readonly FuzzTarget[] = [
  {
    name: 'lines of a serial box',
    seeds: [
      'HELLO box-7 KEYS=8 COLUMNS=4 ENCODERS=2 FADERS=1 SHOWS=TEXT,LEVEL',
      'DOWN 3',
      'TURN 8 -2',
      'FADER 10 500',
      'PAGE NEXT',
    ],
    open() {
      let box: Box | null = null
      return (bytes) => {
        const read = parseBoxLine(bytes.toString(), box)
        if (read.kind === 'hello') ({ box } = read)
        if (box !== null && box.controls.length > 576) throw new Error('a box of too many controls')
        if (read.kind === 'wrong' && read.detail.length > 500) throw new Error('it quotes too much')
      }
    },
  },
]
