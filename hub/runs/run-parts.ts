import type { Clock } from '../../bus/clock.ts'
import type { Config } from '../../config/config.ts'
import type { BusEvent } from '../../intents/event.ts'
import type { Deliveries } from '../../projections/deliveries.ts'
import type { Devices } from '../../projections/devices.ts'
import type { Runs } from '../../projections/runs.ts'
import type { InnerWish } from '../intake.ts'

/** What the carrying out of macros needs of its hub. */
export interface RunParts {
  readonly clock: Clock
  config(): Config
  readonly runs: () => Runs
  readonly deliveries: () => Deliveries
  readonly devices: () => Devices
  /** From 0 up to 1; absent: waits have no jitter. */
  random?(): number
  /** Records, again and again until it is recorded. */
  record(events: readonly BusEvent[]): void
  /** Submits, again and again until it is recorded. */
  submit(wish: InnerWish): void
}
