import { isTrue, type SatelliteLine } from './line.ts'

/** Of an encoder in one line, as the hub takes them. */
const mostSteps = 64

/**
 * DIRECTION: a number of steps with its sign, and 0 is one to the left, as clients before 1.14.0 mean it; or what is wrong
 * with it, as the client is told.
 */
export function stepsIn({ params }: SatelliteLine): number | string {
  const direction = params.get('DIRECTION')
  if (direction === undefined || direction === '') return 'Missing DIRECTION'
  const steps = Math.trunc(Number(direction === true ? 'true' : direction))
  if (Number.isNaN(steps)) return isTrue(direction) ? 1 : -1
  if (Math.abs(steps) > mostSteps) return `DIRECTION has ${mostSteps} steps at most`
  return steps === 0 ? -1 : steps
}
