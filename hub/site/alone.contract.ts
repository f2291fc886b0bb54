import type { Test } from 'tap'
import { decodeEntry, timeOf, type Recorded } from '../../bus/entry.ts'
import { openRedisLog } from '../../bus/log-redis/log.ts'
import { untilTrue, type Server } from '../../bus/log-redis/server.fixture.ts'
import type { DeviceId, IntentId } from '../../intents/id.ts'
import type { Intent } from '../../intents/intent.ts'
import { openCore } from '../compose.ts'
import { anna, configFrom, newData, parts } from '../core.contract.ts'
import { noDefaults } from '../intake.ts'
import { verifyLog } from '../audit/verify.ts'

// What the tests of hubs that act alone share: hubs in this process on a real redis-server.

export const desk = 'desk' as DeviceId
export const hit = (n: number) =>
  ({ verb: 'fire', device: desk, action: 'hit', args: { n } }) as const

export interface HubOptions {
  readonly name?: string
  readonly data?: string
  readonly policy?: string
  readonly devices: string
}

/** A hub that closes with the test, on the log behind `port`. */
export async function openHub(
  t: Test,
  port: number,
  { name = 'hub-a', data = newData(t), policy = 'act-and-record-later', devices }: HubOptions,
) {
  const log = `{ engine: redis, url: "redis://127.0.0.1:${port}", commandTimeout: 300ms, leaseTtl: 600ms, whenUnavailable: ${policy} }`
  const core = await openCore({
    parts,
    config: configFrom(`site: room\nhub: ${name}\nlog: ${log}\ndevices:\n${devices}`),
    data,
    version: 'test',
  })
  let stopped: Promise<void> | null = null
  const stop = () => (stopped ??= core.close('the test is over'))
  t.teardown(stop)
  return {
    core,
    data,
    stop,
    submit: (intent: Intent, more = {}) =>
      core.intake.submit({ intent, actor: anna, source: 'test:1', ...more }, noDefaults),
    ended: (id: IntentId) => {
      const known = core.room.deliveries.state.intents.get(id)?.outcome
      return known == null
        ? core.waiters.wait(id, AbortSignal.timeout(20_000))
        : Promise.resolve({ id, outcome: known.type, failure: known.failure })
    },
    owns: () => untilTrue(() => core.routers.get(desk) !== undefined),
    isAlone: (yes = true) => untilTrue(() => (core.alone.now() !== null) === yes),
  }
}

/** What the log has, after its chain was verified. */
export async function entriesOf({ port }: Pick<Server, 'port'>): Promise<readonly Recorded[]> {
  const log = await openRedisLog({
    site: 'room',
    servers: { type: 'single', node: { host: '127.0.0.1', port } },
    timeOf,
  })
  try {
    const verdict = await verifyLog(log)
    if (!verdict.ok) throw new Error(`the chain is broken: ${verdict.detail}`)
    return (await log.tail(100_000)).map(decodeEntry)
  } finally {
    await log.close()
  }
}
