import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** Collects all garbage, now. */
export const collect = runInNewContext('gc') as () => void // what that flag makes
