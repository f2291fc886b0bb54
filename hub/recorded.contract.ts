import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { fakeClock } from '../bus/clock.ts'
import { timeOf, type Recorded } from '../bus/entry.ts'
import { openFileLog } from '../bus/log-file/log.ts'
import type { DeviceId, IntentId, MacroId } from '../intents/id.ts'
import type { Intent } from '../intents/intent.ts'
import { publish, seal, signHead } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { newKey, parseKey } from '../witness/sign/key.ts'
import { newData, openDesk, openTestCore } from './core.contract.ts'
import { exportBundle } from './audit/export.ts'
import { journalOf } from './data-folder.ts'
import type { Given } from './audit/site-record.ts'

// A recorded evening, for who reads records without a hub: a hub's own journal, sealed and signed, in a folder.

const desk = 'desk' as DeviceId

/** When the evening began, and what happened how much later. */
export const evening = Date.UTC(2026, 2, 1, 20)

/** What somebody has of a record, and nothing else. */
export function given(more: Partial<Given>): Given {
  return { bundle: null, config: null, data: '', keys: [], policy: null, ...more }
}

const signer = parseKey(newKey('infrafabric/s', 'log'))

export interface RecordedRoom {
  /** The data folder, without a hub. */
  readonly data: string
  /** The config file. */
  readonly config: string
  /** The file with the log's public key. */
  readonly key: string
  readonly ids: Readonly<Record<'level' | 'go' | 'refused' | 'opener' | 'held', IntentId>>
  readonly entries: readonly Recorded[]
  /** How many of them are sealed: all but the newest two. */
  readonly sealed: number
  readonly desk: Awaited<ReturnType<typeof openDesk>>
  /** The position of the first entry that fits. */
  position(fits: (recorded: Recorded) => boolean): string
  /** Writes a bundle of the sealed lines from one position to another; gives its file. */
  bundle(from?: string, to?: string): Promise<string>
}

/** @param macros more of them, as YAML */
export async function recordedRoom(t: Test, macros = ''): Promise<RecordedRoom> {
  const simulator = await openDesk(t)
  const text = configText(simulator.port, macros)
  const clock = fakeClock(evening)
  const room = await openTestCore(t, { config: text, clock })
  const done = async (intent: Intent) => {
    const { id } = await room.submit(intent)
    await room.ended(id)
    return id
  }
  const fire = (action: string): Intent => ({ verb: 'fire', device: desk, action, args: [] })

  const level = await done({ verb: 'set', device: desk, path: '/level', value: 0.5 })
  clock.advance(1000)
  const go = await done(fire('/cue/go'))
  const refused = await done(fire('no-address'))
  clock.advance(1000)
  // it knows whom to tell once it has got something
  await simulator.until(2, AbortSignal.timeout(10_000))
  simulator.say('/tape', [0])
  await room.until('the desk has spoken', () => reported(room) === 0)
  const { id: opener } = await room.submit({ verb: 'run', macro: 'opener' as MacroId, args: {} })
  await room.until('the macro waits', () =>
    [...room.core.room.runs.state.runs.values()].some(({ wakeAt }) => wakeAt !== null),
  )
  clock.advance(500)
  await room.ended(opener)
  clock.advance(1000)
  await done({ verb: 'hold', on: true })
  const held = await done(fire('/never'))
  await done({ verb: 'hold', on: false })
  clock.advance(1000)
  simulator.say('/tape', [1])
  await room.until('the desk has spoken again', () => reported(room) === 1)
  await room.stop()

  const entries = await room.entries()
  const stored = await room.log.tail(1_000_000)
  const data = newData(t)
  const journal = await openFileLog(journalOf(data), { timeOf })
  await journal.append(
    stored.map(({ body }) => body),
    'durable',
  )
  await journal.close()
  const folder = join(data, 'witness')
  mkdirSync(folder)
  const sealed = stored.length - 2
  const store = new SealStore(folder)
  seal(
    store,
    stored.slice(0, sealed).map(({ position, body }) => ({ rid: position, body })),
  )
  publish(store, signHead(store, signer), [])
  store.close()
  const key = join(data, 'studio.vkey')
  const config = join(data, 'infra.yaml')
  writeFileSync(key, `${signer.vkey}\n`)
  writeFileSync(join(folder, 'log.vkey'), `${signer.vkey}\n`)
  writeFileSync(config, text)
  let bundles = 0
  return {
    data,
    config,
    key,
    ids: { level, go, refused, opener, held },
    entries,
    sealed,
    desk: simulator,
    position: (fits) => entries.find(fits)?.position ?? '',
    async bundle(from, to) {
      const out = join(data, `${bundles++}.ifw.ndjson`)
      await exportBundle({ data, from: from ?? null, to: to ?? null, around: null, out })
      return out
    },
  }
}

function reported({ core }: Awaited<ReturnType<typeof openTestCore>>): unknown {
  return core.room.devices.state.devices.get(desk)?.reported.get('/tape')?.value
}

/** What every such room has: a desk, and an opener of four steps. */
function configText(port: number, macros: string): string {
  return `
site: s
hub: hub-a
devices:
  desk: { protocol: osc, host: 127.0.0.1, port: ${port} }
  hook: { protocol: http, url: "http://127.0.0.1:9", token: "\${env:HOOK_TOKEN}", actions: { say: { method: POST, path: "/say/{who}", headers: { x-key: "\${env:HOOK_KEY}" }, json: { text: "{text}" } } } }
intents:
  dark: [{ set: desk, path: /level, value: 0 }, { fire: desk, action: /off }]
macros:
  opener:
    onFailure: stop
    steps: [{ fire: desk, action: /one, args: [1] }, { wait: 500ms }, { do: dark }, { fire: desk, action: /two }]
${macros}
`
}
