import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What node is told to run a program of the sources, `cli/infra`: what is shipped, dist/, where that is newer than they
 * are, because it starts six times as fast.
 */
export function programOf(name: string): readonly string[] {
  return isBuilt()
    ? [join(root, `dist/${name}.js`)]
    : ['--import', import.meta.resolve('tsx'), join(root, `${name}.ts`)]
}

const root = fileURLToPath(new URL('..', import.meta.url))
/** Folders without a part of the hub. */
const aside = new Set([
  'node_modules',
  'dist',
  'dist-bench',
  '.git',
  '.tap',
  'web',
  'docs',
  'test',
  'bench',
])
let isNewer: boolean | null = null

function isBuilt(): boolean {
  const stamp = join(root, 'dist/.built')
  isNewer ??= existsSync(stamp) && statSync(stamp).mtimeMs >= newestIn(root)
  return isNewer
}

/** When the newest source below a folder was changed. */
function newestIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((newest, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return aside.has(entry.name) ? newest : Math.max(newest, newestIn(path))
    const isPart = entry.name.endsWith('.ts') && !/\.(test|fixture|contract)\.ts$/.test(entry.name)
    return isPart ? Math.max(newest, statSync(path).mtimeMs) : newest
  }, 0)
}
