import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { parseRossTalk } from './command.ts'

export const targets: readonly FuzzTarget[] = [
  {
    name: 'RossTalk commands',
    seeds: ['CC 1:1', 'CC 1/0/2', 'FTB'],
    open: () => (bytes) => {
      const asked = parseRossTalk(bytes.toString())
      if (asked.kind === 'gesture' && asked.gesture !== 'press') throw new Error('no press')
      if (asked.kind === 'error' && asked.failure.detail.length > 500)
        throw new Error('it quotes too much')
    },
  },
]
