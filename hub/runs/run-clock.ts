import type { Clock, ClockStep } from '../../bus/clock.ts'

/** Tells a hub's runs that the wall clock was set, before anything else is decided about them with the new time. */
export interface RunClock {
  /** Hands on what the clock has found, if anything. MUST be called before a run is looked at. */
  catchUp(): void
  close(): void
}

/** @param set called outside of the clock's own calls, once for each step */
export function openRunClock(clock: Clock, set: (step: ClockStep) => void): RunClock {
  let found: readonly ClockStep[] = []
  let cancel = () => {}
  const off = clock.onStep((step) => {
    found = [...found, step]
    cancel()
    cancel = clock.after(0, catchUp)
  })

  function catchUp(): void {
    clock.now() // whoever looks first finds it
    const steps = found
    found = []
    for (const step of steps) set(step)
  }

  return {
    catchUp,
    close() {
      off()
      cancel()
    },
  }
}
