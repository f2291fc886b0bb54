import type { Json } from '../intents/json.ts'
import type { LinkContext } from './adapter.ts'

/** 10,000: beyond what any device of a studio has, and a bound for one that makes names up. */
const mostPaths = 10_000

/** Reports whose paths a device chooses: at most that many of them, whatever it says. */
export function boundedReports(context: LinkContext): (path: string, value: Json) => void {
  const paths = new Set<string>()
  return (path, value) => {
    if (!paths.has(path)) {
      if (paths.size >= mostPaths) return
      paths.add(path)
    }
    context.report(path, value)
  }
}
