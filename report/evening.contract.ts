import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { encodeEntry, encodeEvent } from '../bus/entry.ts'
import type { BusEvent } from '../intents/event.ts'
import { newId, type DeviceId, type Instant, type IntentId } from '../intents/id.ts'
import type { Intent, Submission } from '../intents/intent.ts'
import { publish, seal, signHead } from '../witness/seal/sealer.ts'
import { SealStore } from '../witness/seal/store.ts'
import { logSigner, newFolder } from '../witness/seal/try.fixture.ts'

/** 2026-11-21T20:14:00Z. */
export const begin = Date.UTC(2026, 10, 21, 20, 14)

/** What a device answers that wants to do harm to who reads it. */
export const hostile =
  '</td></table><script>document.title = "owned"</script><img src=x onerror="document.title=1">\u202egpj'

/** Text like that of an operator who is called so. */
const actor = (id: string) =>
  ({ type: 'operator', id, surface: 'console', control: '1/0/0' }) as const

function submission(id: IntentId, at: number, intent: Intent, who = 'anna'): Submission {
  const stamp = at as Instant // milliseconds since the epoch
  const source = 'http:127.0.0.1'
  return {
    id,
    intent,
    actor: actor(who),
    source,
    trace: id,
    at: stamp,
    expiresAt: null,
    cause: null,
  }
}

const fire = (action: string, args = {}): Intent => ({
  verb: 'fire',
  device: 'mypro' as DeviceId,
  action,
  args,
})

/** An evening in short: one press confirmed, one failed with a hostile answer, one without an end, a gap, a time alone. */
export function evening(): readonly (readonly [at: number, event: BusEvent])[] {
  const [good, bad, open] = [newId(begin), newId(begin + 1), newId(begin + 2)]
  const at = (seconds: number) => (begin + seconds * 1000) as Instant // milliseconds since the epoch
  return [
    [at(0), { type: 'HubStarted', version: '0.1.0', config: 'abc' }],
    [at(1), { type: 'IntentAccepted', submission: submission(good, at(1), fire('Cut')) }],
    [at(1), { type: 'AttemptStarted', intent: good, attempt: 1 }],
    [at(2), { type: 'Delivered', intent: good, attempt: 1, ack: 'confirmed' }],
    [at(3), { type: 'IntentAccepted', submission: submission(bad, at(3), fire(hostile), hostile) }],
    [at(3), { type: 'AttemptStarted', intent: bad, attempt: 1 }],
    [
      at(4),
      {
        type: 'AttemptFailed',
        intent: bad,
        attempt: 1,
        failure: { code: 'refused', reached: 'yes', detail: hostile },
        retryAt: null,
      },
    ],
    [
      at(5),
      { type: 'DeviceReported', device: 'mypro' as DeviceId, path: 'preview', value: hostile },
    ],
    [
      at(6),
      { type: 'LogGap', after: '3', until: '5', detail: 'the server came back without them' },
    ],
    [at(20), { type: 'Rejoined', since: at(8), until: at(18), entries: 4, lost: [] }],
    [at(21), { type: 'IntentAccepted', submission: submission(open, at(21), fire('Fade'), 'ben') }],
  ]
}

/** A data folder in which these events are sealed and signed. */
export function sealedData(
  t: Pick<Test, 'teardown'>,
  events: readonly (readonly [at: number, event: BusEvent])[],
): string {
  const data = newFolder(t)
  const store = new SealStore(join(data, 'witness'))
  const entries = events.map(([at, event], i) => {
    const link = { hub: 'hub-a', hseq: i + 1, hprev: 'unused' }
    return { rid: String(i + 1), body: encodeEntry(link, at as Instant, encodeEvent(event)) }
  })
  seal(store, entries)
  publish(store, signHead(store, logSigner), [])
  store.close()
  writeFileSync(join(data, 'witness', 'log.vkey'), `${logSigner.vkey}\n`)
  return data
}

export const textOf = (file: string) => readFileSync(file, 'utf8')
