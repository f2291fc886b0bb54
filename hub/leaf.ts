import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TObject } from 'typebox'
import type { Adapter } from '../adapters/adapter.ts'
import type { Surface } from '../surfaces/surface.ts'

// Adapters and surfaces are found by their folder: `protocol: osc` selects adapters/osc/adapter.ts. There is no list
// of them anywhere, so that adding one touches nothing else.

/** What runs is either the source (.ts) or what `npm run build` made of it (.js). */
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const root = new URL('../', import.meta.url)

/** The package's own folder, whether the source runs or what was built of it. */
export const packageRoot = ending === 'ts' ? root : new URL('../', root)

/** The file of a program of this folder, `seal-process`: for a process of its own. */
export function programFile(name: string): string {
  return fileURLToPath(new URL(`hub/${name}.${ending}`, root))
}

type Port = 'adapters' | 'surfaces'

/** What `<folder>/<leaf>/<file>.ts` exports as `name`. @throws Error where it does not */
export async function loadLeaf<T>(
  folder: Port,
  leaf: string,
  file: string,
  name: string,
): Promise<T> {
  const path = `${folder}/${leaf}/${file}.${ending}`
  const module: Readonly<Record<string, T>> = await import(new URL(path, root).href)
  const found = module[name]
  if (found === undefined) throw new Error(`${path} does not export '${name}'`)
  return found
}

/** Every adapter, by protocol. Native libraries are loaded by their links, not here. */
export function loadAdapters(): Promise<ReadonlyMap<string, Adapter<TObject, unknown>>> {
  return loadAll('adapters', 'adapter')
}

/** One adapter, without the weight of the others; null where there is none of that name, whatever was typed. */
export async function loadAdapter(protocol: string): Promise<Adapter<TObject, unknown> | null> {
  const known = leavesOf('adapters', 'adapter').includes(protocol)
  return known ? loadLeaf('adapters', protocol, 'adapter', 'adapter') : null
}

/** Every surface, by type. */
export function loadSurfaces(): Promise<ReadonlyMap<string, Surface<TObject>>> {
  return loadAll('surfaces', 'surface')
}

async function loadAll<T>(folder: Port, entry: string): Promise<ReadonlyMap<string, T>> {
  return new Map(
    await Promise.all(
      leavesOf(folder, entry).map(
        async (leaf) => [leaf, await loadLeaf<T>(folder, leaf, entry, entry)] as const,
      ),
    ),
  )
}

/** The folders that have such a file. */
function leavesOf(folder: Port, entry: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, root), { withFileTypes: true })
    .filter((leaf) => leaf.isDirectory())
    .map((leaf) => leaf.name)
    .filter((name) =>
      readdirSync(new URL(`${folder}/${name}/`, root)).includes(`${entry}.${ending}`),
    )
    .toSorted()
}
