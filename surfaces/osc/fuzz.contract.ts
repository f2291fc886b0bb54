import type { FuzzTarget } from '../fuzz-target.contract.ts'
import { RecordingHost } from '../recording-host.contract.ts'
import { openFeed } from './feed.ts'
import { feedbackOf } from './topic.ts'

export const targets: readonly FuzzTarget[] = [
  {
    name: 'OSC subscriptions',
    seeds: [
      '/if/subscribe',
      '/if/subscribe/faces/1',
      '/if/subscribe/states/desk',
      '/if/unsubscribe',
    ],
    open() {
      const host = new RecordingHost()
      const feed = openFeed(host, 1000)
      return (bytes) => {
        const port = bytes[0] ?? 0
        const asked = feedbackOf(bytes.toString(), [{ type: 'i', value: port }])
        if (asked?.kind === 'subscribe') feed.subscribe(`${port}`, asked.topic, () => true)
        else if (asked?.kind === 'unsubscribe') feed.leave(`${port}`, null)
        if (host.followers > 2) throw new Error('it listens twice')
      }
    },
  },
]
