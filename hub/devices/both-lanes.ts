import type { Router } from '../../adapters/router.ts'
import type { DeviceIntent } from '../../intents/intent.ts'

/** A device with actions of both kinds: two orders, so that a slow call never holds up a press. */
export function bothLanes(
  quick: Router,
  slow: Router,
  isSlow: (intent: DeviceIntent) => boolean,
): Router {
  return {
    device: quick.device,
    reported: quick.reported,
    pictures: quick.pictures,
    claim: (submission, durability) =>
      (isSlow(submission.intent) ? slow : quick).claim(submission, durability),
    adopt: (submission) => (isSlow(submission.intent) ? slow : quick).adopt(submission),
    park: async (on) => void (await Promise.all([quick.park(on), slow.park(on)])),
    hold(on) {
      quick.hold(on)
      slow.hold(on)
    },
    hook: (call) => quick.hook(call),
    test: (signal) => quick.test(signal),
    size: () => quick.size() + slow.size(),
    retire: async (failure) =>
      void (await Promise.all([quick.retire(failure), slow.retire(failure)])),
    close: async () => void (await Promise.all([quick.close(), slow.close()])),
  }
}
