import { type LineSimulator, simulateLines } from '../line-device.ts'
import type { SimulatorOptions } from '../simulator.ts'

export type TcpSimulator = LineSimulator

/** A relay card that answers each line with `OK` and the line, or `ERR` and the line. */
export function simulate(options: SimulatorOptions = {}): Promise<TcpSimulator> {
  return simulateLines(options)
}
