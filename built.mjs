// Whether dist/ is what its sources make: setup.mjs builds it where it is not, and the tests run it where it is.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** When a file was changed, in milliseconds; 0 where there is none. @param {string} path */
export const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** Folders of which nothing goes into dist/. */
const aside = new Set([
  'node_modules',
  'dist',
  'dist-bench',
  '.git',
  '.tap',
  'web',
  'docs',
  'data',
  'test',
  'bench',
])

/** @param {string} folder the repository's */
export const isBuilt = (folder) => changed(join(folder, 'dist/.built')) >= newest(folder)

/** When the newest source below a folder was changed; what tests alone read is none. @param {string} folder @returns {number} */
function newest(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((latest, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return aside.has(entry.name) ? latest : Math.max(latest, newest(path))
    const isPart =
      /\.(ts|mjs|json|js|css)$/.test(entry.name) &&
      !/\.(test|fixture|contract)\.ts$/.test(entry.name)
    return isPart ? Math.max(latest, changed(path)) : latest
  }, 0)
}
