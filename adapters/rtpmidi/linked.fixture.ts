import type { Test } from 'tap'
import type { DeviceId } from '../../intents/id.ts'
import type { Json } from '../../intents/json.ts'
import { DeliveryError } from '../adapter.ts'
import { soon, watch } from '../rig.fixture.ts'
import { adapter } from './adapter.ts'
import { samples } from './contract.ts'
import type { RtpMidiOptions } from './options.ts'

const device = 'box' as DeviceId // any name will do

/** A link of its own, with everything it reported. */
export function linked(t: Test, given: Partial<RtpMidiOptions> & { readonly port: number }) {
  const context = watch()
  const reported = new Map<string, Json>()
  const [sample] = samples
  if (sample === undefined) throw new Error('no sample')
  const place = { port: given.port } as Parameters<typeof sample.options>[0] // it looks at the port alone
  const options = { ...sample.options(place), ...given }
  const link = adapter.open(options, {
    ...context,
    report(path, value) {
      reported.set(path, value)
      context.report(path, value)
    },
  })
  t.teardown(() => link.close())
  const fire = async (action: string, args: Json, signal = soon()) => {
    const plan = adapter.plan({ verb: 'fire', device, action, args }, options, new Map())
    if (!plan.ok) return plan.failure
    return link.send(plan.command, signal).catch((error: unknown) => {
      if (error instanceof DeliveryError) return error.failure
      throw error
    })
  }
  return { context, reported, link, fire }
}
