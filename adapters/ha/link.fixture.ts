import type { Json } from '../../intents/json.ts'
import { watch } from '../rig.fixture.ts'
import type { HaOptions } from './options.ts'

/** A deadline that a test does not meet. */
export const soon = () => AbortSignal.timeout(10_000)

/** Options with short times, and a context that keeps the newest report of each path. */
export function watching(given: Partial<HaOptions>) {
  const options: HaOptions = {
    host: '127.0.0.1',
    port: 1,
    tls: false,
    token: 'a-long-lived-token',
    verifyTls: true,
    entities: ['*'],
    attributes: ['brightness', 'friendly_name', 'volume_level'],
    pictures: {},
    notify: 'notify.notify',
    confirmMs: 300,
    replyMs: 1000,
    pingMs: 5000,
    tokenRetryMs: 100,
    ...given,
  }
  const reports = new Map<string, Json>()
  const context = watch()
  const { report } = context
  context.report = (path, value) => {
    reports.set(path, value)
    report(path, value)
  }
  return { options, context, reports }
}
