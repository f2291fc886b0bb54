import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Shelf } from '../../config/profiles.ts'
import { packageRoot } from '../leaf.ts'

const folder = new URL('macros/profiles/', packageRoot)

/** The profiles that ship with the package: macros/profiles/NAME.yaml. Each is read when somebody names it. */
export const profileShelf: Shelf = {
  get names() {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => file.slice(0, -'.yaml'.length))
      .toSorted()
  },
  text(name) {
    // a name of the command line or a config, which becomes part of a path
    const isOne = /^[a-z0-9][a-z0-9-]{0,63}$/.test(name)
    const file = new URL(`${name}.yaml`, folder)
    return isOne && existsSync(file) ? readFileSync(file, 'utf8') : null
  },
}
