import { carried, lostSight, notBegun, type Carry, type Job, type SlowLane } from '../lane.ts'

/** How many jobs this process carries out at once, over all devices: bounds sockets and memory. */
const mostAtOnce = 64

/** The slow lane inside the hub: no server, and what is under way dies with the process (the crash truth tells). */
export function openLocalLane(carry: Carry, most = mostAtOnce): SlowLane {
  /** In the order in which they came. */
  const waiting = new Set<() => void>()
  /** Of each job under way or waiting: ends the wait for it. */
  const stops = new Set<() => void>()
  let closed = false
  let busy = 0

  async function begin(job: Job) {
    busy++
    try {
      return await carried(carry, job)
    } finally {
      busy--
      const [next] = waiting
      if (next !== undefined) {
        waiting.delete(next)
        next()
      }
    }
  }

  return {
    run: (job, withdrawn) =>
      new Promise((resolve) => {
        const stopped = () => resolve(lostSight('the hub is stopping'))
        const end = () => {
          withdrawn.removeEventListener('abort', takeBack)
          stops.delete(stopped)
        }
        const start = () => {
          withdrawn.removeEventListener('abort', takeBack)
          void begin(job).then((result) => {
            end()
            resolve(result)
          })
        }
        const takeBack = () => {
          if (!waiting.delete(start)) return
          end()
          resolve(notBegun('it was taken back before it was begun'))
        }
        if (withdrawn.aborted || closed)
          return resolve(notBegun('it was taken back before it was begun'))
        stops.add(stopped)
        withdrawn.addEventListener('abort', takeBack)
        if (busy < most) start()
        else waiting.add(start)
      }),
    resume: () => Promise.resolve(null),
    forget: () => {},
    onBack: () => () => {},
    close() {
      waiting.clear()
      closed = true
      for (const stop of stops) stop()
      stops.clear()
      return Promise.resolve()
    },
  }
}
