import type { Test } from 'tap'
import type { JsonObject } from '../intents/json.ts'
import type { DeviceIntent, Submission } from '../intents/intent.ts'
import { type Device, doubles, lineConfig, lineDevice, oscDevice } from './devices.ts'
import type { SiteLife } from './site-record.ts'

// A room of devices that forget nothing, and the judgement of what they got.

export interface SiteDevices {
  readonly devices: ReadonlyMap<string, Device>
  /** For the config. */
  readonly yaml: string
  /** The nth press: every third is a value. */
  intent(n: number): JsonObject
}

/** Longer than any series of kills keeps a press waiting. */
const patient = ', delivery: { fireDeadline: 60s, setDeadline: 60s }'

/** Line devices, of which every other is slow, and an OSC device for each four. */
export async function siteDevices(t: Test, count: number, more = patient): Promise<SiteDevices> {
  const devices = new Map<string, Device>()
  const lines: string[] = []
  for (let i = 0; i < count; i++) {
    const name = `d${i}`
    if (i % 4 === 3) {
      const device = await oscDevice(t)
      devices.set(name, device)
      lines.push(`  ${name}: { protocol: osc, host: 127.0.0.1, port: ${device.port} }\n`)
    } else {
      const device = await lineDevice(t, i % 2 === 0 ? 4 : 0)
      devices.set(name, device)
      lines.push(`  ${name}: ${lineConfig(device.port, more)}\n`)
    }
  }
  return {
    devices,
    yaml: lines.join(''),
    intent(n) {
      const i = n % count
      const isOsc = i % 4 === 3
      const device = `d${i}`
      return Math.floor(n / count) % 3 === 0
        ? { verb: 'set', device, path: isOsc ? '/level' : 'level', value: n }
        : { verb: 'fire', device, action: isOsc ? '/hit' : 'hit', args: isOsc ? [n] : [`${n}`] }
    },
  }
}

/** How an intent looks to its device. */
function asSent(intent: DeviceIntent): string {
  if (intent.verb === 'fire')
    return intent.action === '/hit' ? `/hit ${String(intent.args)}` : `HIT ${String(intent.args)}`
  return intent.path === '/level'
    ? `/level ${String(intent.value)}`
    : `LEVEL ${String(intent.value)}`
}

/** The whole lives of those that came in another order, and of those between them. */
function aroundFaults(order: readonly number[], own: readonly SiteLife[]): readonly string[] {
  const at = order.findIndex((place, i) => place > (order[i + 1] ?? Infinity))
  const places = [order[at] ?? 0, order[at + 1] ?? 0]
  return own.slice(Math.min(...places) - 1, Math.max(...places) + 2).flatMap((life) => life.story)
}

interface ForDevice extends Submission {
  readonly intent: DeviceIntent
}

/**
 * No fire twice, nothing unrecorded, nothing recorded as delivered that did not come, and the order of the record. Answers the
 * number of fires that came twice.
 */
export function judgeDevices(
  t: Test,
  { devices }: SiteDevices,
  lives: ReadonlyMap<string, SiteLife>,
): number {
  let doubled = 0
  const all = [...lives.values()].filter(
    ({ submission: { intent }, accepted }) => accepted && 'device' in intent,
  )
  for (const [name, { got }] of devices) {
    const fires = got.filter((one) => /hit/i.test(one))
    const again = doubles(fires)
    doubled += again.length
    t.same(again, [], `${name}: no fire twice, of ${fires.length}`)
    const own = all.filter(
      ({ submission: { intent } }) => 'device' in intent && intent.device === name,
    )
    const wanted = own.map(({ submission }) => asSent((submission as ForDevice).intent)) // filtered above
    const places = new Map<string, number>()
    for (const [i, sent] of wanted.entries()) if (!places.has(sent)) places.set(sent, i)
    const order = [...new Set(got)].map((one) => places.get(one) ?? -1)
    t.notOk(order.includes(-1), `${name}: nothing came that is not recorded`)
    const isInOrder = t.same(
      order,
      order.toSorted((a, b) => a - b),
      `${name}: in the order of the record`,
    )
    if (!isInOrder) for (const line of aroundFaults(order, own)) t.comment(`${name}: ${line}`)
    const came = new Set(got)
    const missing = own.filter(
      ({ ends }, i) => /sent|confirmed/.test(String(ends[0])) && !came.has(wanted[i] ?? ''),
    )
    t.same(
      missing.map(({ submission: { id, intent } }) => ({ id, intent })),
      [],
      `${name}: what is recorded as delivered came`,
    )
    const untried = own.filter(
      ({ tries }, i) =>
        tries.length === 0 && came.has(wanted[i] ?? '') && /HIT|hit/.test(wanted[i] ?? ''),
    )
    t.same(
      untried.map(({ submission: { id } }) => id),
      [],
      `${name}: nothing came without an attempt that counts`,
    )
    const repeated = own.filter(
      ({ submission, tries }) => submission.intent.verb === 'fire' && tries.length > 1,
    )
    for (const { submission, tries } of repeated)
      t.comment(`${name}: ${submission.id} was tried as ${tries.join(', ')}`)
  }
  return doubled
}
