import { readdirSync } from 'node:fs'
import type { TObject } from 'typebox'
import type { Adapter } from '../adapters/adapter.ts'
import type { Surface } from '../surfaces/surface.ts'

// Adapters and surfaces are found by their folder: `protocol: osc` selects adapters/osc/adapter.ts. There is no list
// of them anywhere, so that adding one touches nothing else.

/** What runs is either the source (.ts) or what `npm run build` made of it (.js). */
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const root = new URL('../', import.meta.url)

/** The kinds there are: the leaf folders of `adapters` or `surfaces` that have an entry file. */
function kinds(folder: string, entry: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, root), { withFileTypes: true })
    .filter((leaf) => leaf.isDirectory())
    .map((leaf) => leaf.name)
    .filter((name) =>
      readdirSync(new URL(`${folder}/${name}/`, root)).includes(`${entry}.${ending}`),
    )
    .toSorted()
}

/** Every adapter, by protocol. Native libraries are loaded by their links, not here. */
export async function loadAdapters(): Promise<ReadonlyMap<string, Adapter<TObject, unknown>>> {
  return load('adapters', 'adapter')
}

/** Every surface, by type. */
export async function loadSurfaces(): Promise<ReadonlyMap<string, Surface<TObject>>> {
  return load('surfaces', 'surface')
}

async function load<T>(folder: string, entry: string): Promise<ReadonlyMap<string, T>> {
  const leaves = await Promise.all(
    kinds(folder, entry).map(async (name) => {
      const module: Readonly<Record<string, T>> = await import(
        new URL(`${folder}/${name}/${entry}.${ending}`, root).href
      )
      const leaf = module[entry]
      if (leaf === undefined)
        throw new Error(`${folder}/${name}/${entry}.ts does not export '${entry}'`)
      return [name, leaf] as const
    }),
  )
  return new Map(leaves)
}

/** The package's own folder, whether the source runs or what was built of it. */
export const packageRoot = ending === 'ts' ? root : new URL('../', root)
