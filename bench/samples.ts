import { readdirSync } from 'node:fs'
import type { Sample } from '../adapters/sample.contract.ts'

const adapters = new URL('../adapters/', import.meta.url)

/** What the contract suite knows of every adapter: its simulator, the options that reach it, and a row of commands. */
export async function samples(): Promise<readonly Sample[]> {
  const folders = readdirSync(adapters, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const found = await Promise.all(
    folders.map(async (folder) => {
      // compiled by build.mjs; what the folder exports is checked by its own `satisfies`
      const module = (await import(new URL(`${folder}/contract.js`, adapters).href)) as {
        readonly samples: readonly Sample[]
      }
      return module.samples
    }),
  )
  return found.flat()
}

/** @throws Error where there is none of that name */
export async function sampleNamed(name: string): Promise<Sample> {
  const sample = (await samples()).find((each) => each.name === name)
  if (sample === undefined) throw new Error(`no adapter has a sample named ${name}`)
  return sample
}
