import { gzipSync } from 'node:zlib'
import type { FuzzTarget } from '../surfaces/fuzz-target.contract.ts'
import { importExport } from './import.ts'
import { ExportError } from './read.ts'
import { action, button, studio } from './studio.fixture.ts'

const order = {
  site: 'fuzz',
  pictureFolder: null,
  judge: { device: () => null, fire: () => null },
}
const small = studio({
  '0': { '0': button({ text: 'GO' }, [action('c1', 'send', { path: '/go' })]) },
})

export const targets: readonly FuzzTarget[] = [
  {
    name: 'exports of Companion',
    seeds: [
      JSON.stringify(small),
      gzipSync(JSON.stringify(small)),
      '{"version":9,"type":"full","pages":{}}',
      'version: 4\ntype: page\n',
    ],
    open: () => (bytes) => {
      try {
        importExport(bytes, order)
      } catch (error) {
        // what is no export is said so
        if (!(error instanceof ExportError)) throw error
      }
    },
  },
]
