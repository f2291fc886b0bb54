import { readdir } from 'node:fs/promises'
import t from 'tap'
import { adapterContract } from './adapter.contract.ts'
import type { Sample } from './sample.contract.ts'

t.setTimeout(600_000) // a busy machine

// Every folder here is an adapter and brings its samples: a new one is tested without a change to this file.
const folders = (await readdir(import.meta.dirname, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

t.ok(folders.length >= 4, `found ${folders.join(', ')}`)
for (const folder of folders)
  void t.test(folder, async (t) => {
    // what the folder exports is checked by its own `satisfies`
    const { samples } = (await import(`./${folder}/contract.ts`)) as { samples: readonly Sample[] }
    if (!t.ok(samples instanceof Array, `${folder}/contract.ts exports samples`)) return
    t.ok(samples.length > 0)
    for (const sample of samples) {
      t.equal(sample.adapter.protocol, folder, 'its protocol equals its folder')
      const { name, needs = null } = sample
      // on a test server it must be there; elsewhere its absence is shown as a skip
      const how = needs === null || process.env['CI'] !== undefined ? {} : { skip: needs }
      void t.test(name, how, async (t) => adapterContract(t, sample))
    }
  })
